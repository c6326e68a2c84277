"""What members' commands refuse."""

from manystores.core.errors import rule

NO_SUCH_MEMBER = rule("no_such_member", 404, "There is no such member", "没有该会员")
TOO_MANY = rule("too_many_events", 429, "Too many events", "事件过多")
UNKNOWN_IDENTIFIER = rule("unknown_identifier", 404, "Nobody is known by that", "未找到该标识")
"""The same for somebody else's and for nobody's, so that nobody learns whose it is."""
EVENT_TOO_LARGE = rule("event_too_large", 400, "The event is too large", "事件过大")
NO_GOOD_EVENT = rule("no_good_event", 400, "None of the events can be taken", "没有可接收的事件")
