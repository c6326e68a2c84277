"""A whole simulation: what is asked, where its orders come from, and the report. It changes nothing."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from manystores.core.errors import INVALID, FieldError, Problem
from manystores.flows import what_if_instance, what_if_reading
from manystores.flows.policy_check import check_names
from manystores.flows.what_if import House
from manystores.flows.what_if_foresight import BrandForesight, ordered_until
from manystores.flows.what_if_generated import Made, generate
from manystores.flows.what_if_promises import Promising
from manystores.foresight import learned
from manystores.instances.instance import load
from manystores.sourcing.policy import RoutingPolicy
from manystores.whatif.promises import Promised
from manystores.whatif.report import Report, report
from manystores.whatif.run import Outcome, Stopped, simulate
from manystores.whatif.scenario import Scenario

POLICIES_MOST: Final = 6
DAYS: Final = 3
"""Over so many days generated orders come, unless it is said."""

Progress = Callable[[str, float], None]
"""Told what is done now, and the share of the whole that is done."""

# Shares of the whole at which a phase ends; measured on 100,000 orders.
_READ, _DECIDED, _PROMISED = 0.35, 0.75, 0.92


class Choice(NamedTuple):
    """A policy to try, and what it is called; None is the one in force (of an instance: the cheapest plan)."""

    name: str
    policy: RoutingPolicy | None
    version: int | None = None
    """A published version, if there is no policy."""


class Ask(Struct, frozen=True, kw_only=True):
    """What to simulate: orders from a time until before another, or so many generated ones."""

    choices: tuple[Choice, ...]
    seed: int = 1
    from_us: int = 0
    to_us: int = 0
    generate: int = 0
    days: int = DAYS
    threads: int = 2


def check(ask: Ask) -> None:
    """What is wrong whatever the brand."""
    errors = []
    if not 1 <= len(ask.choices) <= POLICIES_MOST:
        en, zh = f"Name 1 to {POLICIES_MOST} policies", f"请给出 1 到 {POLICIES_MOST} 个策略"
        errors.append(FieldError("/policies", "out_of_range", en, zh))
    if not ask.generate and ask.to_us <= ask.from_us:
        en, zh = "It has to be after `from`", "必须晚于开始时间"
        errors.append(FieldError("/to", "out_of_range", en, zh))
    if ask.generate and not ask.choices[:1]:
        errors.append(FieldError("/policies", "required", "Name a policy", "请给出策略"))
    if errors:
        raise Problem(INVALID, fields=tuple(errors))


def run_instance(folder: Path, ask: Ask, progress: Progress, stop: Callable[[], bool] = lambda: False) -> Report:
    """On an instance's files."""
    progress("reading", 0.0)
    instance = load(folder)
    policies = [what_if_instance.policy_for(instance, choice.policy) for choice in ask.choices]
    scenario = what_if_instance.scenario_of(instance)
    outcomes = _decided(scenario, policies, ask, progress, stop)
    promised = what_if_instance.promised_of(scenario, outcomes, ask.seed)
    return _told(scenario, outcomes, promised, ask, progress, real=False)


async def load_brand(
    connection: psycopg.AsyncConnection[Any], party_no: int, ask: Ask
) -> tuple[House, list[RoutingPolicy]]:
    """The brand's house, and the policies with all names checked against it."""
    house = await what_if_reading.load_house(connection, party_no)
    policies = []
    for i, choice in enumerate(ask.choices):
        policy, at = choice.policy, f"/policies/{i}"
        if policy is None:
            policy = await what_if_reading.policy_version(connection, party_no, choice.version, at)
        else:
            check_names(policy, house.network, house.catalogue, party_no, at)
        policies.append(policy)
    return house, policies


def run_brand(
    connection: psycopg.Connection[Any],
    house: House,
    partition_id: int,
    policies: Sequence[RoutingPolicy],
    ask: Ask,
    data_dir: Path,
    time_zone: str,
    progress: Progress,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """On a brand's own network: its orders, or generated ones. Days of demand begin as in `time_zone`."""
    progress("reading", 0.02)
    found, lines = _gathered(connection, house, partition_id, policies, ask, data_dir, progress, stop)
    shelves = what_if_reading.shelves_of(connection, house, partition_id, found.items.offers)
    scenario = found.scenario(found.taken.opening(shelves), policies)
    last_us = int(scenario.orders.at_us[-1]) if ask.generate and len(scenario.orders) else None
    foresight = BrandForesight(house, found.items, scenario.orders, lines, time_zone, last_us)
    scenario = replace(scenario, foresight=foresight)
    outcomes = _decided(scenario, policies, ask, progress, stop)
    progress("promising", _DECIDED)
    known = learned.load(learned.path_of(data_dir, house.party_no))
    promised = Promising(house.network, house.party_no, known, ask.seed).of(scenario, outcomes)
    return _told(scenario, outcomes, promised, ask, progress, real=not ask.generate)


def _gathered(
    connection: psycopg.Connection[Any],
    house: House,
    partition_id: int,
    policies: Sequence[RoutingPolicy],
    ask: Ask,
    data_dir: Path,
    progress: Progress,
    stop: Callable[[], bool],
) -> Made:
    if ask.generate:
        offers, units = what_if_reading.offers_in_stock(connection, house, partition_id)
        return generate(house, policies[0], ask.generate, ask.seed, ask.from_us, ask.days, offers, units)

    def told(read: int) -> None:
        if stop():
            raise Stopped
        progress("reading", _READ * (1 - 50_000 / (50_000 + read)))

    found = what_if_reading.gather_real(connection, house, partition_id, ask.from_us, ask.to_us, told)
    return Made(found, ordered_until(data_dir / "lake", house, ask.from_us, ask.to_us))


def _decided(
    scenario: Scenario, policies: Sequence[RoutingPolicy], ask: Ask, progress: Progress, stop: Callable[[], bool]
) -> list[Outcome]:
    """All policies; progress is told by whichever thread gets further."""
    done = [0] * len(policies)
    whole = max(1, len(scenario.orders) * len(policies))
    one_at_a_time = threading.Lock()

    def told(policy: int, orders: int) -> None:
        with one_at_a_time:
            done[policy] = orders
            progress("deciding", _READ + (_DECIDED - _READ) * sum(done) / whole)

    progress("deciding", _READ)
    return simulate(scenario, policies, told, stop, ask.threads)


def _told(
    scenario: Scenario,
    outcomes: Sequence[Outcome],
    promised: Sequence[Promised],
    ask: Ask,
    progress: Progress,
    *,
    real: bool,
) -> Report:
    progress("measuring", _PROMISED)
    names = [choice.name for choice in ask.choices]
    found = report(scenario, outcomes, promised, names, ask.seed, real_orders=real)
    progress("measuring", 1.0)
    return found
