"""An entailment model of one's own: what it decides, what it must not, and what is recorded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import texts
from scripted_endpoint import scripted_endpoint
from scripted_replies import Request, number_of, text
from tiny_entailment import NAMES, write_entailment

from index.embed.embedded import EmbeddedModel
from qa import service as composition
from qa.checking.entailment import Consulted, EntailmentModel
from qa.errors import EntailmentUnusable
from qa.grounding import Grounding, check
from qa.models import Answer, Failed
from qa.question import Question
from qa.service import Service, build
from qa.settings import load_settings

COST = "Repairs will cost 18 million crowns and should be finished by October."
ROSE = "The harbour closed after the storm."
NEUTRAL = {"neutral": 9.0}
AGAINST = {"contradiction": 9.0}


@pytest.fixture
def consulted(tmp_path: Path) -> Callable[..., Consulted]:
    """Makes a model that holds everything for entailed but what these words make of it."""

    def make(**options: object) -> Consulted:
        folder = write_entailment(tmp_path / "model", **options)  # type: ignore[arg-type]
        return Consulted(EntailmentModel(str(folder), threads=1))

    return make


@pytest.mark.parametrize(
    ("statement", "quote", "alone"),
    [
        ("They quarrelled about the old bridge.", "Both argued about a bridge.", "unsupported"),
        ("The harbour closed, and the shops stayed shut.", ROSE, "partial"),
    ],
)
def test_words_that_overlap_too_little_are_supported_where_they_follow(
    consulted: Callable[..., Consulted], statement: str, quote: str, alone: str
) -> None:
    assert check(statement, [quote]).support == alone
    model = consulted()
    found = check(statement, [quote], model)
    assert (found.support, found.reason) == ("supported", None)
    assert found.score == pytest.approx(0.909, abs=0.001)  # three numbers, one of them 3
    assert str(model.identity).startswith("model@")


def test_words_that_overlap_and_do_not_follow_are_supported_in_part(
    consulted: Callable[..., Consulted],
) -> None:
    statement = "Repairs of the pillars will cost 18 million crowns."
    assert check(statement, [COST]).support == "supported"
    found = check(statement, [COST], consulted(missing={"pillars": NEUTRAL}))
    assert found.support == "partial"
    assert found.reason == "an entailment model does not read it as following from the cited words"
    assert found.score < 0.01


def test_what_the_words_leave_out_is_told_where_it_does_not_follow_either(
    consulted: Callable[..., Consulted],
) -> None:
    statement = "The harbour closed, and the shops stayed shut."
    assert check(statement, [ROSE], consulted(missing={"shops": NEUTRAL})) == Grounding(
        "partial", check(statement, [ROSE]).reason, pytest.approx(0.002, abs=0.001)
    )


def test_a_contradiction_leaves_no_support(consulted: Callable[..., Consulted]) -> None:
    statement = "Repairs of the pillars will cost 18 million crowns."
    found = check(statement, [COST], consulted(missing={"pillars": AGAINST}))
    assert found.support == "unsupported"
    assert found.reason == "an entailment model reads the cited words as speaking against it"


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("Repairs will cost 81 million crowns.", COST),
        ("Repairs by Hale Works will cost 18 million crowns.", COST),
        ("Repairs will not cost 18 million crowns.", COST),
        ('Repairs will cost "just 18 million crowns".', COST),
        ("Costs rose in May.", "Costs fell in May."),
        ("The harbour closed on 3 May.", "The harbour closed on 4 May."),
    ],
)
def test_no_other_difference_is_overruled_nor_asked_about(
    consulted: Callable[..., Consulted], statement: str, quote: str
) -> None:
    model = consulted()
    found = check(statement, [quote], model)
    assert found == check(statement, [quote])
    assert found.support == "unsupported"
    assert model.identity is None


@pytest.mark.parametrize(
    ("statement", "quote", "reason"),
    [
        ("The line was sold.", "The line was reportedly sold.", "reportedly"),
        ("The harbour closed on 3 May.", "The harbour closed in May.", "only 'May'"),
    ],
)
def test_what_is_weaker_in_the_source_stays_partial_or_falls(
    consulted: Callable[..., Consulted], statement: str, quote: str, reason: str
) -> None:
    follows = check(statement, [quote], consulted())
    assert follows == check(statement, [quote])
    assert follows.support == "partial"
    assert reason in str(follows.reason)
    against = dict.fromkeys(("line", "harbour"), AGAINST)
    assert check(statement, [quote], consulted(shared=against)).support == "unsupported"


def test_words_with_nothing_in_common_are_not_pointed_at(
    consulted: Callable[..., Consulted],
) -> None:
    found = check("They quarrelled.", ["The two men argued."], consulted())
    assert (found.support, found.reason) == (
        "partial",
        "the source does not speak of 'quarrelled'",
    )


class TestSeveralQuotations:
    """They count together and each for itself."""

    STATEMENT = "The harbour closed, and the ferry sailed."
    QUOTES = ("The harbour closed after the storm.", "The ferry sailed at noon.")

    def test_what_only_all_of_them_say_follows(self, consulted: Callable[..., Consulted]) -> None:
        model = consulted(missing={"harbour": NEUTRAL, "ferry": NEUTRAL})
        assert check(self.STATEMENT, self.QUOTES, model).support == "supported"
        assert check(self.STATEMENT, self.QUOTES[:1], model).support == "partial"

    def test_what_one_alone_says_follows(self, consulted: Callable[..., Consulted]) -> None:
        statement = "The harbour closed, and the shops stayed shut."
        model = consulted(shared={"shut": NEUTRAL})
        other = "The bakery was shut."
        assert check(statement, [self.QUOTES[0], other], model).support == "supported"
        assert check(statement, [other], model).support != "supported"

    def test_one_alone_contradicts_nothing(self, consulted: Callable[..., Consulted]) -> None:
        model = consulted(missing={"harbour": AGAINST})
        assert check(self.STATEMENT, self.QUOTES, model).support == "supported"
        assert check(self.STATEMENT, self.QUOTES[1:], model).support == "unsupported"

    def test_where_they_disagree_support_is_partial(
        self, consulted: Callable[..., Consulted]
    ) -> None:
        model = consulted(shared={"ferry": AGAINST})
        found = check("The harbour closed, unlike the ferry.", self.QUOTES, model)
        assert found.support == "partial"
        assert "some of the cited words" in str(found.reason)


def test_the_statement_is_never_cut_and_the_words_cited_at_their_end(
    consulted: Callable[..., Consulted],
) -> None:
    model = consulted(missing={"harbour": NEUTRAL})
    quote = "The pier closed" + ", and so on" * 40 + " with the harbour."
    assert check("The harbour closed.", [quote], model).support == "partial"
    ahead = "The harbour closed" + ", and so on" * 40 + " with the pier."
    assert check("The harbour closed.", [ahead], model).support == "supported"


def test_the_same_words_need_no_model(tmp_path: Path) -> None:
    model = Consulted(EntailmentModel(str(tmp_path / "nowhere")))
    assert check(COST.upper(), [ROSE, COST], model) == Grounding("supported")
    assert check("Repairs cost 20 million crowns.", [COST], model).support == "unsupported"
    assert check(COST, []).reason == "no citation"
    with pytest.raises(EntailmentUnusable, match="there is no folder"):
        check("Repairs will cost 18 million crowns.", [COST], model)


class TestLabels:
    """Which number means what is read from the model's own configuration."""

    def of(self, folder: Path) -> float:
        model = EntailmentModel(str(folder), threads=1)
        return model.readings("The pillars hold.", ["The pier holds."])[0].entails

    @pytest.mark.parametrize(
        "labels",
        [
            NAMES,
            ("entailment", "neutral", "contradiction"),
            ("Neutral", "CONTRADICTION", "ENTAILMENT"),
            ("entailment", "not_entailment"),
            ("NOT-ENTAILMENT", "Entailment"),
        ],
    )
    def test_any_order_and_case(self, tmp_path: Path, labels: tuple[str, ...]) -> None:
        weak = next(name for name in labels if name.casefold() not in ("entailment", "neutral"))
        against = {"pillars": {weak.casefold(): 9.0}}
        sure = write_entailment(tmp_path / "sure", labels=labels)
        unsure = write_entailment(tmp_path / "unsure", labels=labels, missing=against)
        assert self.of(sure) > 0.9
        assert self.of(unsure) < 0.01

    def test_they_are_read_from_either_table(self, tmp_path: Path) -> None:
        names = {name: number for number, name in enumerate(NAMES)}
        assert self.of(write_entailment(tmp_path, config={"label2id": names})) > 0.9

    @pytest.mark.parametrize(
        "config",
        [
            {},
            {"id2label": {"0": "LABEL_0", "1": "LABEL_1", "2": "LABEL_2"}},
            {"id2label": {"0": "entailment", "1": "entailment", "2": "neutral"}},
            {"id2label": {"0": "entailment", "1": "neutral", "3": "contradiction"}},
            {"id2label": {"0": "negative", "1": "neutral", "2": "positive"}},
            {"id2label": ["entailment", "neutral", "contradiction"]},
        ],
    )
    def test_labels_that_do_not_tell_are_refused(
        self, tmp_path: Path, config: dict[str, object]
    ) -> None:
        with pytest.raises(EntailmentUnusable, match="cannot be told") as caught:
            self.of(write_entailment(tmp_path, config=config))
        assert "id2label in its config.json" in caught.value.hint
        assert str(tmp_path) in str(caught.value)

    def test_another_count_of_numbers_is_refused(self, tmp_path: Path) -> None:
        named = {"id2label": {"0": "entailment", "1": "not_entailment"}}
        with pytest.raises(EntailmentUnusable, match=r"array of \(2, 3\) .* names 2 labels"):
            self.of(write_entailment(tmp_path, config=named))

    def test_they_are_part_of_the_identity(self, tmp_path: Path) -> None:
        one = EntailmentModel(str(write_entailment(tmp_path))).identity
        config = json.loads((tmp_path / "config.json").read_text())
        config["id2label"] = {"0": "entailment", "1": "neutral", "2": "contradiction"}
        (tmp_path / "config.json").write_text(json.dumps(config))
        assert EntailmentModel(str(tmp_path)).identity != one
        assert EntailmentModel(str(write_entailment(tmp_path))).identity == one


QUESTION = "What will the repairs of the Varn bridge cost?"
PILLARS = "Repairs will cost 18 million crowns because of the pillars."
SHORTER = "Repairs will cost 18 million crowns."
SAID = f"{PILLARS} [{{cost}}]\n{COST} [{{cost}}]"
Serve = Callable[..., Service]


@pytest.fixture
def serve(
    tmp_path: Path, embedder: EmbeddedModel, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Serve]:
    """Builds a service with these settings whose model says :data:`SAID`."""
    monkeypatch.setattr(composition, "EmbeddedModel", lambda threads: embedder)

    def reply(request: Request):  # type: ignore[no-untyped-def]
        return text(SAID.format(cost=number_of("18 million", request)))

    with ExitStack() as stack:
        endpoint = stack.enter_context(scripted_endpoint(reply))

        def start(**given: object) -> Service:
            settings = load_settings(
                data=tmp_path / "data",
                model="scripted",
                model_base_url=endpoint.base_url,
                model_output="plain",
                **given,
            )
            made = build(settings, write=True)
            stack.callback(made.close)
            list(made.corpus.ingest(texts.three(), limit=100_000))
            return made

        yield start


def ask(service: Service, answerer: str = "model") -> Answer:
    question = Question(text=QUESTION, answerer=answerer)  # type: ignore[arg-type]
    return asyncio.run(service.answer(question))


def test_a_model_s_statements_are_read_by_it_and_the_answer_says_so(
    serve: Serve, tmp_path: Path
) -> None:
    service = serve(repair="off")
    assert {s.support for s in ask(service).statements} == {"supported"}
    service.close()
    folder = write_entailment(tmp_path / "reader", missing={"pillars": AGAINST})
    service = serve(repair="off", entailment=str(folder))
    answer = ask(service)
    assert [(s.text, s.support) for s in answer.statements] == [
        (PILLARS, "unsupported"),
        (COST, "supported"),
    ]
    assert "entailment model" in str(answer.statements[0].reason)
    assert str(answer.entailment).startswith("reader@")
    manifest = service.manifest(answer.id)
    assert manifest is not None
    assert manifest.entailment == answer.entailment


def test_repair_cuts_to_what_follows(serve: Serve, tmp_path: Path) -> None:
    folder = write_entailment(tmp_path / "reader", missing={"pillars": NEUTRAL})
    first = ask(serve(entailment=str(folder))).statements[0]
    assert (first.text, first.support, first.drafted) == (SHORTER, "supported", PILLARS)


def test_what_it_refutes_is_dropped_where_the_policy_says_so(serve: Serve, tmp_path: Path) -> None:
    folder = write_entailment(tmp_path / "reader", missing={"pillars": AGAINST})
    answer = ask(serve(repair="off", unsupported="drop", entailment=str(folder)))
    assert [s.text for s in answer.statements] == [COST]
    assert str(answer.entailment).startswith("reader@")


def test_replay_tells_another_model(serve: Serve, tmp_path: Path) -> None:
    folder = write_entailment(tmp_path / "reader")
    service = serve(repair="off", entailment=str(folder))
    answer = ask(service)
    same = asyncio.run(service.replay(answer.id, recorded=True))
    assert (same.identical, same.changes) == (True, ())
    service.close()
    write_entailment(folder, missing={"pillars": NEUTRAL})
    service = serve(repair="off", entailment=str(folder))
    other = asyncio.run(service.replay(answer.id, recorded=True))
    (change,) = other.changes
    assert (change.kind, change.was) == ("entailment", answer.entailment)
    assert change.now == other.answer.entailment
    assert other.differences[0].kind == "support"
    assert "does not read it as following" in str(other.differences[0].now)


def test_sentences_of_the_documents_are_told_without_it(serve: Serve, tmp_path: Path) -> None:
    service = serve(entailment=str(tmp_path / "nowhere"))
    answer = ask(service, "embedded")
    assert {s.support for s in answer.statements} == {"supported"}
    assert answer.entailment is None


def test_one_that_cannot_be_used_is_an_error(serve: Serve, tmp_path: Path) -> None:
    service = serve(entailment=str(tmp_path / "nowhere"))

    async def last() -> object:
        question = Question(text=QUESTION, answerer="model")
        return [event async for event in service.stream(question)][-1]

    failed = asyncio.run(last())
    assert isinstance(failed, Failed)
    assert (failed.code, "DOSSIER_ENTAILMENT" in failed.hint) == ("entailment_unusable", True)


def test_the_checks_load_and_try_it(serve: Serve, tmp_path: Path) -> None:
    folder = write_entailment(tmp_path / "reader")
    other = write_entailment(tmp_path / "turned", labels=tuple(reversed(NAMES)))
    config = json.loads((folder / "config.json").read_text())
    (other / "config.json").write_text(json.dumps(config))
    told = {}
    for name in ("reader", "turned", "nowhere"):
        service = serve(entailment=str(tmp_path / name))
        (told[name],) = (one for one in service.check() if one.name == "entailment")
        service.close()
    assert told["reader"].ok
    assert told["reader"].detail.startswith("reader@")
    assert not told["turned"].ok
    assert "from itself" in told["turned"].detail
    assert "id2label" in str(told["turned"].hint)
    assert not told["nowhere"].ok
    assert "there is no folder" in told["nowhere"].detail
