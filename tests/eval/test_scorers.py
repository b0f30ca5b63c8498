from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random

import pytest
from eval_answers import TEXTS, answer, case, citation, document, observe, unanswerable

from eval.cases import Case
from eval.scorers import SCORERS, Observation, Score
from eval.scorers.base import LAYERS, Judgement, Prices, RetrievedPassage
from qa.models import Answer, Citation, Disagreement, Note, ShortAnswer, Statement, Usage, Value

FERRY = citation("ferry.txt", "The ferry carries 1,200 people.")
CANAL = citation("canal.txt", "It was dug by hand.", number=2)
ANSWERED = answer(["The ferry carries 1,200 people."], [FERRY])
REFUSED = answer([], [])


def measured(observation: Observation) -> dict[str, tuple[float | None, str | None]]:
    return {s.metric: (s.value, s.reason) for s in (x.score(observation) for x in SCORERS)}


def scored(
    of: Case, given: Answer, *, retrieved: tuple[str, ...] = ()
) -> dict[str, tuple[float | None, str | None]]:
    return measured(observe(of, given, retrieved=retrieved))


def stating(*statements: tuple[str, tuple[int, ...]], cited: list[Citation]) -> Answer:
    """Return an answer of statements with the numbers that each of them cites."""
    made = tuple(
        Statement(text=text, start=0, end=len(text), support="supported", citations=numbers)
        for text, numbers in statements
    )
    return answer(["x"], cited).model_copy(update={"statements": made})


def found(*spans: tuple[str, str], of: Case) -> Observation:
    """Return what was seen where the search found these words of documents."""
    passages = []
    for name, words in spans:
        start = TEXTS[name].index(words)
        id_ = document(name).id
        passages.append(
            RetrievedPassage(document_id=id_, version=1, start=start, end=start + len(words))
        )
    return replace(observe(of, ANSWERED), passages=tuple(passages))


def test_a_good_answer_scores_full_everywhere() -> None:
    of = case(
        quotes=[{"documents": ["ferry.txt"], "text": "carries 1,200"}],
        nuggets=[["The ferry"]],
        differs=[["1,200"], ["900"]],
    )
    good = stating(("The ferry carries 1,200 people.", (1,)), cited=[FERRY, CANAL]).model_copy(
        update={
            "short": ShortAnswer(text="1,200", citation=1, start=18, end=23),
            "disagreements": (differing(("1,200", 1), ("about 900", 2)),),
            "usage": Usage(prompt_tokens=900, completion_tokens=100),
            "timings": {"retrieve": 0.125, "total": 0.25},
        }
    )
    judgements = tuple(
        Judgement(aspect=aspect, votes=(1.0, 1.0), agreement=1.0, reason="It is.")
        for aspect in ("faithful", "complete")
    )
    observation = replace(
        found(("ferry.txt", "The ferry carries 1,200 people."), of=of),
        answer=good,
        judgements=judgements,
        prices=Prices(prompt=1.0, completion=2.0),
    )
    scores = measured(observation)
    assert scores.pop("latency") == (0.25, None)
    assert scores.pop("retrieve_seconds") == (0.125, None)
    assert scores.pop("tokens") == (1000.0, None)
    assert scores.pop("cost") == (0.0011, None)
    assert scores.pop("abstention_recall")[0] is None
    assert scores == dict.fromkeys(scores, (1.0, None))


def test_the_scorers_stand_in_the_order_of_the_layers() -> None:
    layers = [LAYERS.index(scorer.layer) for scorer in SCORERS]
    assert layers == sorted(layers)
    assert len({scorer.metric for scorer in SCORERS}) == len(SCORERS)
    lower = {scorer.layer for scorer in SCORERS if scorer.better == "lower"}
    assert lower == {"speed", "cost"}


def differing(*values: tuple[str, int]) -> Disagreement:
    given = tuple(
        Value(text=text, citations=(number,) if number else ()) for text, number in values
    )
    return Disagreement(kind="figures", values=given)


def test_what_does_not_apply_has_no_score_and_a_reason() -> None:
    scores = scored(unanswerable(), REFUSED)
    assert scores.pop("abstention") == (1.0, None)
    assert scores.pop("abstention_recall") == (1.0, None)
    assert scores.pop("latency") == (0.25, None)
    for metric, (value, reason) in scores.items():
        assert value is None, metric
        assert reason, metric


def test_retrieval_recall_counts_requirements_and_not_files() -> None:
    both = case(documents={"all_of": ["ferry.txt", "canal.txt"]})
    either = case(documents={"any_of": ["ferry.txt", "canal.txt"]})
    found = scored(both, ANSWERED, retrieved=("d-canal",))["retrieval_recall"]
    assert found == (0.5, "not found: ferry.txt")
    assert scored(either, ANSWERED, retrieved=("d-canal",))["retrieval_recall"] == (1.0, None)
    none = scored(either, ANSWERED, retrieved=("d-x",))["retrieval_recall"]
    assert none == (0.0, "not found: canal.txt or ferry.txt")


def test_facts_are_found_in_any_accepted_wording() -> None:
    of = case(expected=[["1,200", "dozen hundred"], ["dug by hand"], ["at noon"]])
    given = answer(["It holds one thousand two hundred people.", "It SAILS at  noon."], [FERRY])
    assert scored(of, given)["fact_recall"] == (1 - 1 / 3, "missing: dug by hand")


def test_a_refusal_states_no_fact_though_its_text_names_figures() -> None:
    assert "1,200" in REFUSED.text
    assert scored(case(), REFUSED)["fact_recall"] == (0.0, "missing: 1,200")
    assert scored(case(), REFUSED)["abstention"] == (0.0, "refused")


def test_markers_of_citations_are_no_facts() -> None:
    assert scored(case(expected=[["1"]]), ANSWERED)["fact_recall"][0] == 0.0


def test_a_quotation_that_is_not_at_its_place_is_invalid() -> None:
    moved = citation("ferry.txt", "It sails at noon.", shift=1)
    value, reason = scored(case(), answer(["x"], [FERRY, moved]))["citation_validity"]
    assert value == 0.0
    assert reason == "[1] is not what ferry.txt says there"


def test_an_empty_quotation_is_invalid() -> None:
    empty = FERRY.model_copy(update={"quote": "", "end": FERRY.start})
    assert scored(case(), answer(["x"], [empty]))["citation_validity"][0] == 0.0


def test_a_citation_of_an_unknown_version_is_invalid() -> None:
    other = FERRY.model_copy(update={"version": 2})
    value, reason = scored(case(), answer(["x"], [other]))["citation_validity"]
    assert value == 0.0
    assert "not in the record" in str(reason)


def test_the_right_document_has_to_be_cited() -> None:
    assert scored(case(), answer(["x"], [CANAL]))["right_document"] == (
        0.0,
        "not cited: ferry.txt",
    )
    both = case(documents={"all_of": ["ferry.txt"], "any_of": ["canal.txt"]})
    assert scored(both, ANSWERED)["right_document"][0] == 0.5
    assert scored(both, answer(["x"], [FERRY, CANAL]))["right_document"][0] == 1.0


def test_the_right_words_have_to_be_cited_in_the_right_document() -> None:
    words = {"documents": ["ferry.txt"], "text": "carries 1,200 people. It sails"}
    elsewhere = {"documents": ["canal.txt"], "text": "1,200 people"}
    longer = citation("ferry.txt", "1,200 people.\nIt sails")
    assert scored(case(quotes=[words]), answer(["x"], [longer]))["right_words"] == (1.0, None)
    value, reason = scored(case(quotes=[words, elsewhere]), answer(["x"], [longer]))["right_words"]
    assert value == 0.5
    assert "1,200 people" in str(reason)


def test_an_answer_to_what_the_documents_do_not_say_is_wrong() -> None:
    value, reason = scored(unanswerable(), ANSWERED)["abstention"]
    assert value == 0.0
    assert reason == "answered what the documents do not say"


def test_citing_only_that_it_is_undisclosed_counts_as_a_refusal() -> None:
    open_ = citation("ferry.txt", "Its captain is not named.")
    quotes = [{"documents": ["ferry.txt"], "text": "Its captain is not named."}]
    of = unanswerable(question="Who is the captain?", quotes=quotes)
    assert scored(of, answer(["Its captain is not named."], [open_]))["abstention"][0] == 1.0
    assert scored(of, answer(["…"], [open_, FERRY]))["abstention"][0] == 0.0
    assert scored(of, answer(["The captain is Ada."], []))["abstention"][0] == 0.0
    assert scored(unanswerable(), answer(["…"], [open_]))["abstention"][0] == 0.0


def test_an_incomplete_answer_is_no_refusal() -> None:
    half = answer(["It sails at noon."], [FERRY], status="incomplete")
    assert scored(case(), half)["abstention"][0] == 1.0
    assert scored(unanswerable(), half)["abstention"][0] == 0.0


def test_unscored_is_not_zero() -> None:
    score = SCORERS[0].unscored("no answer: it broke")
    assert score == Score(metric="retrieval_recall", value=None, reason="no answer: it broke")


# -- retrieval -------------------------------------------------------------------------------------

FAR = {"documents": ["ferry.txt"], "text": "1,200 people. It sails"}


def test_all_evidence_wants_every_document() -> None:
    both = case(documents={"all_of": ["ferry.txt", "canal.txt"]})
    assert scored(both, ANSWERED, retrieved=("d-canal",))["all_evidence"] == (
        0.0,
        "not found: ferry.txt",
    )
    assert scored(both, ANSWERED, retrieved=("d-canal", "d-ferry"))["all_evidence"] == (1.0, None)
    either = case(documents={"any_of": ["ferry.txt", "canal.txt"]})
    assert scored(either, ANSWERED, retrieved=("d-canal",))["all_evidence"] == (1.0, None)


def test_all_evidence_wants_the_words_and_not_only_their_document() -> None:
    of = case(quotes=[FAR])
    whole = found(("ferry.txt", "1,200 people.\nIt sails at noon."), of=of)
    assert measured(whole)["all_evidence"] == (1.0, None)
    half = found(("ferry.txt", "The ferry carries 1,200 people."), of=of)
    value, reason = measured(half)["all_evidence"]
    assert value == 0.0
    assert "1,200 people. It sails" in str(reason)
    assert measured(half)["retrieval_recall"] == (1.0, None)
    other = found(("ferry.txt", "Its captain"), ("canal.txt", TEXTS["canal.txt"]), of=of)
    assert measured(other)["all_evidence"][0] == 0.0


def test_passages_beside_each_other_hold_a_quote_together() -> None:
    of = case(quotes=[FAR])
    parted = found(
        ("ferry.txt", "It sails at noon."), ("ferry.txt", "carries 1,200 people."), of=of
    )
    assert measured(parted)["all_evidence"] == (1.0, None)
    gap = found(("ferry.txt", "sails at noon."), ("ferry.txt", "carries 1,200 people."), of=of)
    assert measured(gap)["all_evidence"][0] == 0.0


def test_evidence_that_cannot_be_read_back_is_unscored() -> None:
    whole = found(("ferry.txt", TEXTS["ferry.txt"]), of=case(quotes=[FAR]))
    value, reason = measured(replace(whole, documents={}))["all_evidence"]
    assert value is None
    assert reason == "a document that was found is not in the record"


def test_ranking_counts_from_the_first_required_document() -> None:
    either = case(documents={"any_of": ["ferry.txt", "canal.txt"]})
    late = scored(either, ANSWERED, retrieved=("d-x", "d-y", "d-y", "d-ferry", "d-canal"))
    assert late["mrr"] == (1 / 3, "the first required document is number 3")
    assert late["ndcg"] == (0.5, "the required documents come as number 3")
    none = scored(either, ANSWERED, retrieved=("d-x",))
    assert none["mrr"] == (0.0, "no required document was found")
    assert none["ndcg"] == (0.0, "1 of 1 not found")


def test_ranking_metrics_are_those_of_a_library_of_the_field() -> None:
    import ir_measures

    names = [f"{letter}.txt" for letter in "abcdef"]
    ids = {name: frozenset({f"d-{name[0]}"}) for name in names}
    random = Random(5)
    for all_of, any_of in product(range(3), range(3)):
        if not all_of + any_of:
            continue
        required = random.sample(names, all_of + any_of)
        of = case(documents={"all_of": required[:all_of], "any_of": required[all_of:]})
        ranked = [f"d-{letter}" for letter in random.sample("abcdef", random.randint(1, 6))]
        seen = replace(observe(of, ANSWERED, retrieved=tuple(ranked)), ids=ids)
        scores = measured(seen)
        # Of the group that counts once, its first document in the ranking is the relevant one.
        wanted = [f"d-{name[0]}" for name in required[:all_of]]
        group = [f"d-{name[0]}" for name in required[all_of:]]
        found_first = [id_ for id_ in ranked if id_ in group]
        wanted += (found_first or group)[:1]
        relevant = [ir_measures.Qrel("q", id_, 1) for id_ in wanted]
        run = [ir_measures.ScoredDoc("q", id_, -rank) for rank, id_ in enumerate(ranked)]
        expected = ir_measures.calc_aggregate([ir_measures.RR, ir_measures.nDCG], relevant, run)
        assert scores["mrr"][0] == pytest.approx(expected[ir_measures.RR]), (wanted, ranked)
        assert scores["ndcg"][0] == pytest.approx(expected[ir_measures.nDCG]), (wanted, ranked)


def test_a_file_that_is_required_twice_counts_once() -> None:
    of = case(documents={"all_of": ["ferry.txt"], "any_of": ["ferry.txt", "canal.txt"]})
    assert scored(of, ANSWERED, retrieved=("d-ferry",))["ndcg"] == (1.0, None)


# -- answer ----------------------------------------------------------------------------------------


def test_a_fact_is_exact_only_letter_for_letter() -> None:
    of = case(expected=[["1,200"], ["sails at noon"]])
    scores = scored(of, answer(["It carries 1,200 and Sails at noon."], [FERRY]))
    assert scores["fact_exact"] == (0.5, "missing: sails at noon")
    assert scores["fact_recall"] == (1.0, None)
    assert scored(of, answer(["It carries 11,200."], [FERRY]))["fact_exact"][0] == 0.0


def test_a_note_may_hold_a_fact_or_stand_in_the_middle_of_one() -> None:
    text = "It [the ferry] sails at noon."
    note = Note(start=3, end=14, kind="antecedent")
    noted = stating((text, ()), cited=[])
    with_note = noted.statements[0].model_copy(update={"notes": (note,)})
    given = noted.model_copy(update={"statements": (with_note,)})
    of = case(expected=[["It sails at noon"], ["the ferry"]])
    assert scored(of, given)["fact_recall"] == (1.0, None)
    assert scored(of, given)["fact_exact"] == (1.0, None)


def test_nuggets_are_counted_apart_from_facts() -> None:
    of = case(nuggets=[["at noon"], ["by hand"]])
    scores = scored(of, answer(["It carries 1,200 people.", "It sails at NOON."], [FERRY]))
    assert scores["nugget_recall"] == (0.5, "missing: by hand")
    assert scores["fact_recall"] == (1.0, None)
    assert scored(case(), ANSWERED)["nugget_recall"] == (None, "the case has no nuggets")


@pytest.mark.parametrize(
    ("short", "value"),
    [("1,200", 1.0), ("The 1200", 1.0), ("one thousand two hundred", 1.0), ("1,200 people", 0.0)],
)
def test_the_short_answer_is_the_fact_and_nothing_else(short: str, value: float) -> None:
    given = ShortAnswer(text=short, citation=1, start=0, end=len(short))
    scores = scored(case(), ANSWERED.model_copy(update={"short": given}))
    assert scores["short_answer"][0] == value


def test_no_short_answer_is_not_a_wrong_one() -> None:
    assert scored(case(), ANSWERED)["short_answer"] == (None, "no short answer was given")
    two = case(expected=[["1,200"], ["noon"]])
    assert scored(two, ANSWERED)["short_answer"][0] is None


# -- citation --------------------------------------------------------------------------------------


def test_support_is_checked_anew_whatever_the_answer_says() -> None:
    given = stating(
        ("The ferry carries 1,200 people.", (1,)),
        ("The ferry carries 1,500 people.", (1,)),
        ("It was dug by hand.", ()),
        cited=[FERRY],
    )
    assert {statement.support for statement in given.statements} == {"supported"}
    value, reason = scored(case(), given)["citation_support"]
    assert value == pytest.approx(1 / 3)
    assert str(reason).startswith("statement 2 is unsupported: ")
    assert "1,500" in str(reason)


def test_support_comes_from_the_record_and_not_from_the_quotation() -> None:
    invented = FERRY.model_copy(update={"quote": "The ferry carries 1,500 people."})
    given = stating(("The ferry carries 1,500 people.", (1,)), cited=[invented])
    assert scored(case(), given)["citation_support"][0] == 0.0
    unknown = FERRY.model_copy(update={"version": 2})
    given = stating(("The ferry carries 1,200 people.", (1,)), cited=[unknown])
    assert scored(case(), given)["citation_support"][0] == 0.0


def test_notes_need_no_support_and_give_none() -> None:
    text = "The ferry [Saint Elmo] carries 1,200 people."
    statement = Statement(
        text=text,
        start=0,
        end=len(text),
        support="supported",
        citations=(2, 1),
        notes=(Note(start=10, end=22, kind="antecedent", citation=1),),
    )
    numbered = [CANAL.model_copy(update={"number": 1}), FERRY.model_copy(update={"number": 2})]
    base = stating(("x", ()), cited=numbered)
    given = base.model_copy(update={"statements": (statement,)})
    assert scored(case(), given)["citation_support"] == (1.0, None)
    other = statement.model_copy(
        update={"notes": (Note(start=10, end=22, kind="antecedent", citation=2),)}
    )
    given = base.model_copy(update={"statements": (other,)})
    assert scored(case(), given)["citation_support"][0] == 0.0


def test_coverage_counts_statements_with_a_citation_that_is_there() -> None:
    given = stating(
        ("One.", (1,)), ("Two.", ()), ("Three.", (9,)), ("Four.", (9, 1)), cited=[FERRY]
    )
    assert scored(case(), given)["citation_coverage"] == (0.5, "statement 2 cites nothing")
    assert scored(case(), REFUSED)["citation_coverage"] == (None, "nothing is stated")
    assert scored(case(), REFUSED)["citation_support"] == (None, "nothing is stated")


# -- disagreement ----------------------------------------------------------------------------------

DIFFERS = case(type="conflict", differs=[["11,000"], ["10,000"], ["four thousand"]])


@pytest.mark.parametrize(
    ("disagreements", "value"),
    [
        ((), 0.0),
        ([differing(("about 11,000", 1), ("10,000", 2), ("4,000", 1))], 1.0),
        ([differing(("about 11,000", 1), ("12,000", 2))], 1 / 3),
        ([differing(("11,000", 1), ("10,000", 0))], 1 / 3),
        ([differing(("11,000", 1), ("10,000", 7))], 1 / 3),
        ([differing(("10,000 to 11,000", 1), ("9", 2))], 1 / 3),
        ([differing(("10,000 to 11,000", 1), ("11,000", 2))], 2 / 3),
        ([differing(("11,000", 1), ("12", 2)), differing(("10,000", 1), ("4,000", 2))], 2 / 3),
    ],
)
def test_differing_values_have_to_stand_side_by_side(
    disagreements: list[Disagreement], value: float
) -> None:
    given = answer(["x"], [FERRY, CANAL]).model_copy(update={"disagreements": tuple(disagreements)})
    assert scored(DIFFERS, given)["disagreement_recall"][0] == pytest.approx(value)


def test_a_difference_that_the_case_does_not_list_is_not_held_against_an_answer() -> None:
    given = ANSWERED.model_copy(update={"disagreements": (differing(("1", 1), ("2", 1)),)})
    value, reason = scored(case(), given)["disagreement_recall"]
    assert value is None
    assert reason == "no differing values are expected"


# -- judge, speed, cost ----------------------------------------------------------------------------


def judged(*judgements: Judgement) -> dict[str, tuple[float | None, str | None]]:
    return measured(replace(observe(case(), ANSWERED), judgements=judgements))


def test_votes_that_could_not_be_read_do_not_count() -> None:
    split = Judgement(aspect="faithful", votes=(1.0, None, 0.0, 0.0), agreement=1 / 3, reason="So.")
    broken = Judgement(aspect="complete", votes=(), agreement=None, reason="no judgement: busy")
    scores = judged(split, broken)
    assert scores["judge_faithful"] == (pytest.approx(1 / 3), "So.")
    assert scores["judge_complete"] == (None, "no judgement: busy")
    assert scores["judge_agreement"] == (pytest.approx(1 / 3), None)
    one = Judgement(aspect="faithful", votes=(1.0, None), agreement=None, reason="So.")
    assert judged(one)["judge_faithful"] == (1.0, None)
    assert judged(one)["judge_agreement"][0] is None
    mute = Judgement(aspect="faithful", votes=(None,), agreement=None)
    assert judged(mute)["judge_faithful"] == (None, "no vote could be read")


def test_tokens_without_prices_cost_nothing_that_is_known() -> None:
    given = ANSWERED.model_copy(update={"usage": Usage(prompt_tokens=5, completion_tokens=2)})
    scores = scored(case(), given)
    assert scores["tokens"] == (7.0, None)
    assert scores["cost"] == (None, "no prices are given")
    priced = replace(observe(case(), given), prices=Prices(prompt=2e6, completion=1e6))
    assert measured(priced)["cost"] == (12.0, None)
    assert scored(case(), ANSWERED)["tokens"] == (None, "no tokens were counted")
    assert scored(case(), ANSWERED)["retrieve_seconds"] == (None, "the answer does not tell")
