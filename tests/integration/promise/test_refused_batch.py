"""One command that the database refuses fails alone; those that were decided beside it are served."""

from tests.integration.promise.world import ACTOR, PARTY, DecidesTwice, World, X, answers, code, id_of, until


async def test_a_command_that_breaks_a_key_fails_alone(world: World) -> None:
    async with world.owner() as owner:
        await answers(owner, world.receive(X, 10))
        before, culprit, after = world.hold((X, 2)), DecidesTwice(ACTOR, PARTY), world.hold((X, 3))

        held, told, held_too = await answers(owner, before, culprit, after)

        assert code(told) == "internal"
        assert owner.ledger.reservation(id_of(held)) is not None
        assert owner.ledger.reservation(id_of(held_too)) is not None
        assert owner.ledger.available(X) == 5
        assert code((await answers(owner, DecidesTwice(ACTOR, PARTY)))[0]) == "internal"
        await until(lambda: owner.ready)
        assert id_of((await answers(owner, world.hold((X, 1))))[0])
    assert "order.unserved" not in world.facts()
    assert world.verify().sound
