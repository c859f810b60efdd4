"""Fault specs: what they say, and that the same seed gives the same faults."""

import pytest

from platforms.sandbox.faults import FaultKind, FaultPlan, parse_spec


def test_a_spec_names_kinds_chances_and_arguments() -> None:
    chances = parse_spec("429=0.05:7, slow=0.1:0.3,500=0.03")

    assert [(chance, fault.kind, fault.argument) for chance, fault in chances] == [
        (0.05, FaultKind.TOO_MANY, "7"),
        (0.1, FaultKind.SLOW, "0.3"),
        (0.03, FaultKind.ERROR, ""),
    ]


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("404=0.1", "no fault '404'"),
        ("429", "kind=probability"),
        ("429=often", "not a probability"),
        ("429=1.5", "between 0 and 1"),
        ("429=0.6,500=0.6", "more than 1"),
    ],
)
def test_a_wrong_spec_is_refused_with_a_sentence(spec: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_spec(spec)


def test_the_same_seed_gives_the_same_faults() -> None:
    runs = []
    for _ in range(2):
        plan = FaultPlan("429=0.2,drop=0.2", seed=7)
        runs.append([plan.draw("GET", "/orders") for _ in range(50)])

    assert runs[0] == runs[1]
    assert {fault.kind for fault in runs[0] if fault} == {FaultKind.TOO_MANY, FaultKind.DROP}


def test_a_scripted_fault_meets_only_the_requests_it_was_made_for() -> None:
    plan = FaultPlan()
    plan.once("500", method="GET", path="/orders/*", skip=1)

    met = [
        plan.draw("GET", "/orders"),
        plan.draw("POST", "/orders/1"),
        plan.draw("GET", "/orders/1"),
        plan.draw("GET", "/orders/2"),
        plan.draw("GET", "/orders/3"),
    ]

    assert [fault.kind if fault else None for fault in met] == [None, None, None, "500", None]
    assert plan.met == {FaultKind.ERROR: 1}
