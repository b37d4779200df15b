# One image for amd64 and arm64: the portal, ffmpeg and the JavaScript runtime, all from pinned wheels.
ARG BASE_IMAGE=python:3.13-slim-bookworm

FROM ${BASE_IMAGE} AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python3 -m venv /opt/medianest
COPY constraints/runtime.txt /src/constraints/
RUN /opt/medianest/bin/pip install --require-hashes --only-binary :all: --requirement /src/constraints/runtime.txt

FROM packages AS portal
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY medianest medianest
COPY templates templates
COPY static static
RUN /opt/medianest/bin/pip install --no-deps --no-build-isolation . \
 && /opt/medianest/bin/pip uninstall --yes hatchling pip \
 && /opt/medianest/bin/python -m compileall -q -j 0 /opt/medianest/lib

FROM ${BASE_IMAGE}
COPY --from=portal /opt/medianest /opt/medianest
COPY .docker/start .docker/healthy /opt/medianest/container/
RUN mkdir -p /data /media && chmod 777 /data /media
ENV PATH=/opt/medianest/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    MEDIANEST_DATA_DIR=/data \
    MEDIANEST_PATHS__MEDIA_DIR=/media \
    MEDIANEST_SERVER__HOST=0.0.0.0
VOLUME ["/data", "/media"]
EXPOSE 8484
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["/opt/medianest/container/healthy"]
ENTRYPOINT ["/opt/medianest/container/start"]
CMD ["serve"]
