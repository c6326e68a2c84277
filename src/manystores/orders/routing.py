"""Re-routing: another location serves what one can't, or should not, serve. Nothing is promised twice on the way."""

from collections.abc import Sequence

from manystores.core.errors import Problem
from manystores.orders.effects import Change, changed, together, told
from manystores.orders.order import Order, with_deltas, with_work
from manystores.orders.placing import Allocation, allocate
from manystores.orders.rules import WRONG_PLACE, field
from manystores.orders.work import deltas, effect, find, need, quantities, settled, withdraw


def rerouted(
    order: Order, from_number: int, allocations: Sequence[Allocation], at_us: int, actor: str, *, reason: str = ""
) -> Change:
    """Serve from elsewhere what fulfilment order `from_number` was to serve; picked units stay where they are.

    Its claims become claims at the new locations, by `move` effects; where window or lot differ, by a claim and a
    release. If it was rejected, its claims ended with that and the new ones are plain claims: join both changes with
    `together`, which turns a release and a claim of the same units into a move. Problem `refused_before` for a
    location that rejected this order.
    """
    work = find(order, from_number)
    if not work.live:
        return allocate(order, allocations, at_us, actor)
    need(order, from_number, "re-route")
    wanted = [(share.line_no, share.quantity) for allocation in allocations for share in allocation.shares]
    if not wanted:
        raise field("/allocations", "required", "name at least one other location", "请至少指定一个新的履约地点")
    if any(allocation.location_no == work.location_no for allocation in allocations):
        raise Problem(WRONG_PLACE, "It is served there already.", "该履约单已在此门店，无需改派。")
    left, taken = withdraw(
        work,
        quantities(work, wanted, "still to be picked there are", "该处待拣数量为", "unpicked"),
        also_picked=False,
    )
    left, capacity = settled(left, "cancelled", at_us, "re_routed")
    away = [effect("release", work, one.part, one.quantity, "re_routed") for one in taken]
    moved = [(one.part.line_no, one.quantity) for one in taken]
    here = changed(
        order,
        at_us,
        actor,
        [told("fulfilment.rerouted", from_number, location_no=work.location_no, reason=reason, lines=moved)],
        [*away, *capacity],
        fulfilments=with_work(order, left),
        lines=with_deltas(order.lines, deltas(taken)),
    )
    return together(here, allocate(here.order, allocations, at_us, actor))
