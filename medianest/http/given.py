"""What a handler may name among its parameters: `actor: CurrentActor`, `asking: CurrentAsking`, `hub: Hub`."""

from typing import TypeAlias

from litestar.di import NamedDependency
from litestar.params import SkipValidation

from medianest.core.actor import Actor
from medianest.http.asking import Asking
from medianest.http.hub import EventHub

CurrentActor: TypeAlias = NamedDependency[SkipValidation[Actor]]
CurrentAsking: TypeAlias = NamedDependency[SkipValidation[Asking]]
Hub: TypeAlias = NamedDependency[SkipValidation[EventHub]]
