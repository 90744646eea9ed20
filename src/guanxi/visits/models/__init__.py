"""Tables of the visits room."""

from guanxi.visits.models.event import VisitEvent
from guanxi.visits.models.identification import Identification
from guanxi.visits.models.site import Site
from guanxi.visits.models.visitor import FoldCursor, Interest, Session, Visitor

__all__ = ["FoldCursor", "Identification", "Interest", "Session", "Site", "VisitEvent", "Visitor"]
