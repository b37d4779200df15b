"""The routes by which people say how they are told: a part of the route table of the HTML face."""

from medianest.http import paces
from medianest.web.pages import channels, channels_email, channels_push, notifications
from medianest.web.ways import BY_LINK, SIGNED_IN, TELLING, Way

# fmt: off
CHANNELS = (
    Way("GET", "/account/notifications", notifications.show, SIGNED_IN, shows=TELLING, passes=True),
    Way("POST", "/account/notifications", notifications.save, SIGNED_IN),
    Way("POST", "/account/channels/webhook", channels.add_webhook, SIGNED_IN),
    Way("POST", "/account/channels/apprise", channels.add_service, SIGNED_IN),
    Way("POST", "/account/channels/email", channels_email.add, SIGNED_IN),
    Way("POST", "/account/channels/push", channels_push.add, SIGNED_IN),
    Way("GET", "/account/channels/{id:str}", channels.show, SIGNED_IN, shows=TELLING, passes=True),
    Way("POST", "/account/channels/{id:str}/test", channels.try_out, (*SIGNED_IN, paces.TRYING_OUT)),
    Way("POST", "/account/channels/{id:str}/again", channels.send_again, (*SIGNED_IN, paces.SENDING_AGAIN)),
    Way("POST", "/account/channels/{id:str}/label", channels.rename, SIGNED_IN),
    Way("POST", "/account/channels/{id:str}/remove", channels.remove, SIGNED_IN),
    Way("GET", "/confirm/{word:str}", channels_email.show_confirm, BY_LINK),
    Way("POST", "/confirm/{word:str}", channels_email.confirm, BY_LINK),
    Way("GET", "/unsubscribe/{word:str}", channels_email.show_leave, BY_LINK),
    Way("POST", "/unsubscribe/{word:str}", channels_email.leave, BY_LINK),
)
# fmt: on
