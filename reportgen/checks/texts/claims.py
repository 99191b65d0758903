"""From the numbers of a paragraph, and the words that say one, to what they claim: which quantities, how surely."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from msgspec.structs import replace

from ...form.phrases import Phrase, Topic
from ...form.words import HAN
from .cases import by_whom, decided_by, decided_elsewhere, of_all_suits, of_which, own_outcomes, without_kinds
from .claim import DOUBTFUL, JOINED, SURE, UNSURE, Claim, is_whole, readings
from .documents import with_short
from .named import of_both, of_the_name, with_name
from .numerals import PIECES
from .statements import CHANGED_TO, Statement
from .vocabulary import Hit, Span, Vocabulary
from .worded import absent, all_done, ended, nothing, rows_before, said_of_all
from .wording import narrows, remainder, without_examples

_HOW = re.compile("已|均|都|全部|按|依|经|及时")
"""Begins words that say how, and no other thing counted."""
_OF_ALL = re.compile("全部|均|都|皆")
"""Behind a number, begins what is said of all that it counts: 现行有效规范性文件87件全部集中公开."""
_PUBLISHED = re.compile("公[开示布]$")
_LISTED = re.compile(r"[,、]?(?:和|及|与|以及)|、")
_ONLY_JOINED = re.compile(r"[,、和及与或]*$")
_USUAL_UNITS = ("件", "宗", "起", "份", "例", "元", "万元", "")
_IS = ("为", "是", "均", ":")
_AMOUNT = re.compile(r"[量数](?:总?计|共计?)?(?:为|是|:)?$")
_BEHIND = re.compile(r"[^,;。:()0-9]*[,:(]([^,;。:()0-9]+)(?=[,;。)]|$)")
_AMONG_THEM = re.compile("的?(?:案?件|申请)?中$")
"""已审结案件中，未发生…: names what is spoken of, and no class of what was counted before."""
_TREATED = rf"(?:{HAN}{{0,6}},)?{HAN}{{0,6}}[对将把](?:{HAN}|、){{1,20}}的$"
"""对不适应形势要求的2件规范性文件予以废止: says which they were, and the verb behind it what became of them."""
_NARROWED = "…只说其中一部分"
Each: TypeAlias = tuple[Hit, Topic | None]
"""What one of several numbers counts that are told 分别, one after the other."""
_EXACT = 3  # printed digits, from which 约 and 余 do not make a number doubtful
_LEADING = 16  # letters not understood before a verb
_NEAR, _FAR = 2, 6  # letters not understood: still doubtful; too many even to agree by chance


def claims(text: str, statements: Sequence[Statement], words: Vocabulary, org: str) -> list[Claim]:
    """Return the claims of a paragraph's statements, in their order; statements that claim nothing are left out."""
    found: list[Claim] = []
    queue: list[Each] = []
    statements = list(decided_by(_with_theme(with_short(statements, words), words), words))
    whole: Statement | None = None
    for n, item in enumerate(statements):
        previous = statements[n - 1] if n else None
        limit = statements[n + 1].start if n + 1 < len(statements) else len(text)
        same = previous is not None and previous.sentence == item.sentence
        if queue and same and item.token and _ONLY_JOINED.fullmatch(item.before.lstrip(",")):
            hit, topic = queue.pop(0)
            found.append(made(replace(item, topic=topic), [hit], words, SURE))
            continue
        queue = []
        changed = found and item.token and not item.token.percent and found[-1].item is previous
        if changed and CHANGED_TO.fullmatch(item.before):
            found.append(replace(found[-1], item=replace(item, year=None)))
            continue
        if item.kind == "none":
            found += absent(item, text, words, org) or nothing(item, text, words, org)
        elif item.kind == "ended":
            found += ended(item, found, text, words, org)
        elif item.kind == "done":
            found += all_done(item, words) or ended(said_of_all(item, text), found, text, words, org)
        elif item.token and not item.token.percent:
            listed = same or item.how == "behind" or _is_part(item, words)
            with_verb = whole if whole and previous and whole.start == previous.start else previous
            gap = text[previous.end : item.start] if previous else ""
            apart = ";" in gap and with_verb is not None and not words.nouns(with_verb.before)  # 更新2次；行政复议1次
            whole = _with_verb(item, with_verb, words) if same and not apart else item
            named = with_name(whole, text, previous.end if previous and same else item.sentence[0], words)
            claim, queue = _counted(by_whom(named, words), words, org, listed=listed)
            if claim and named is not whole:
                claim = replace(claim, item=replace(named, before=item.before), unknown=named.before)
            classed = _classed(item, claim, text, limit, words, org)
            claim = claim if classed is None or classed.least else classed
            claim = rows_before(item, text, words, org) or claim
            if claim:
                claim = replace(claim, least=True) if _is_one_of_several(claim, item, text, words) else claim
                said = text[previous.end if previous and same else item.sentence[0] : item.start]
                found.append(_own_business(claim, found, said, words, org))
            found += [classed] if classed and classed.least else []
    found = [of_both(of_the_name(claim, text, words), text, words) for claim in of_all_suits(found, words)]
    return _with_included(_apart(list(of_which(found)), words), words)


def _is_one_of_several(claim: Claim, item: Statement, text: str, words: Vocabulary) -> bool:
    """1件不予公开，理由为…; 1件申请，属于其他部门职能: whether the words behind a number say that there may be others."""
    behind = item.end + len(item.after)
    if claim.result and words.reason.match(text, behind):
        return True
    alone = claim.weak and not words.hits(item.before, item.topic)
    return alone and words.kind_behind.match(text, behind) is not None


def _with_verb(item: Statement, previous: Statement | None, words: Vocabulary) -> Statement:
    """出台规章2部、规范性文件36件: a noun alone in a list is counted with the verb before the list.

    公示行政处罚120件，行政许可146件: so it is with words that say that something else is counted, or what all are about.
    """
    listed = _LISTED.match(item.before) or _alone(item, previous, words)
    hits = words.hits(item.before, item.topic) if listed and previous else ()
    nouns = words.nouns(item.before) if hits else ()
    if listed is None or previous is None or not nouns:
        return item
    lead = previous.before[: next((start for _, start, _ in words.nouns(previous.before)), None)]
    about = words.about.search(previous.before)
    if about and not words.nouns(previous.before[about.start() :]):
        return replace(item, before=previous.before[about.start() :] + item.before[listed.end() :])
    if nouns[0][1] == listed.end() and (words.foreign.search(lead) or _PUBLISHED.search(lead)):
        return replace(item, before=lead + item.before[listed.end() :])
    if any(h.phrase.rank or h.phrase.accuse for h in hits):
        return item
    if any(h.start < nouns[0][1] for h in hits):
        return item  # 制定规章2部、公开规范性文件36件: it has its own
    verbs = [h for h in words.hits(previous.before, previous.topic) if h.phrase.rank in (1, 2) and h.phrase.column]
    verb = previous.before[verbs[-1].start : verbs[-1].end] if verbs else ""
    return replace(item, before=verb + item.before[listed.end() :])


def _alone(item: Statement, previous: Statement | None, words: Vocabulary) -> re.Match[str] | None:
    """Return where words behind a comma begin if they are a noun and nothing else: 出台规章2部，规范性文件36件."""
    if previous is None or previous.clause + 1 != item.clause or previous.after:
        return None
    spans = [(start, end) for _, start, end in words.nouns(item.before)]
    spans += [(hit.start, hit.end) for hit in words.hits(item.before)]
    return re.match("", item.before) if (0, len(item.before)) in spans else None


def _is_part(item: Statement, words: Vocabulary) -> bool:
    return words.including.match(item.before) is not None


def _with_theme(statements: Sequence[Statement], words: Vocabulary) -> list[Statement]:
    """年内答复43件，另有5件结转下年: what the talk is of may be said only with another number of the sentence."""
    themes: dict[Span, Topic | None] = {}
    for item in statements:
        for hit in (*words.hits(item.before), *words.hits(item.after)):
            if hit.phrase.topic and hit.phrase.rank >= 2:
                themes.setdefault(item.sentence, words.topics.get(hit.phrase.topic))
    return [
        replace(item, topic=theme, how="behind") if not item.how and (theme := themes.get(item.sentence)) else item
        for item in statements
    ]  # fmt: skip


def _class_behind(item: Statement, text: str, limit: int, words: Vocabulary) -> tuple[re.Match[str], Hit] | None:
    """Return the words between the comma behind a number and the next mark, and the one class they name.

    Another number, which begins at ``limit``, does not stand in them.
    """
    behind = None if item.cut else _BEHIND.match(text, item.end)
    if behind is None or behind.end() > limit or words.included.match(behind[1]):
        return None
    hits = words.hits(behind[1], item.topic)
    hits = tuple(hit for hit in hits if hit.phrase.outcome) or hits  # 复议结果为维持
    hits = tuple(hit for hit in hits if hit.phrase.result) or hits  # 按部分公开处理
    if len(hits) != 1 or hits[0].phrase.rank < 2 or _AMONG_THEM.match(behind[1], hits[0].end):
        return None
    said = words.all_ended.search(behind[1]) or words.negation.search(behind[1])
    return None if said else (behind, hits[0])


def _classed(item: Statement, claim: Claim | None, text: str, limit: int, words: Vocabulary, org: str) -> Claim | None:
    """5件申请，不予公开: a class alone behind the comma is that of all of them (at least, where 收到 is said)."""
    found = _class_behind(item, text, limit, words)
    if found is None:
        return None
    behind, hit = found
    named = item.topic if hit.phrase.outcome else words.topics.get(hit.phrase.topic)
    if named is None or (claim and not is_whole(claim, named)):
        return None
    rest = remainder(behind[1], words, org, [hit]).rest
    if claim and words.hits(item.before, item.topic):
        part = replace(item, kind="ended", start=behind.start(1), end=behind.start(1) + hit.end)
        sure = claim.doubt == SURE and not rest and item.year is None
        return replace(made(part, [hit], words, SURE), least=True) if sure else None
    if item.topic is None or item.topic.id != words.applications:
        return None
    about = remainder(item.before, words, org).rest + remainder(item.after, words, org).rest
    if about and not rest and not item.scope and not item.compared:
        return replace(made(item, [hit], words, SURE), least=True, unknown=about)  # 涉及拆迁的5件，不予公开
    return made(item, [hit], words, UNSURE if rest or about or item.scope else SURE)


def _own_business(claim: Claim, found: Sequence[Claim], said: str, words: Vocabulary, org: str) -> Claim:
    """受理行政复议86件: the cases a body decides are no figures of the form unless they are said to be of our kind."""
    topic = claim.topic
    handled = words.own_business.get(topic.id) if topic else None
    if handled is None or words.ours.search(said + claim.item.after):
        return claim
    outcome = any(phrase.outcome for phrase in claim.phrases)
    cases = next((c for c in reversed(found) if c.topic is topic and not any(p.outcome for p in c.phrases)), None)
    if outcome and claim.item.how == "before" and cases and cases.doubt == SURE:
        return claim  # 涉及政府信息公开的行政复议2件。其中维持1件
    told = [c for c in found if c.item.sentence == claim.item.sentence and c.item.kind == "number"]
    others = [c for c in told if c.topic and c.topic.own_business]
    same = others and others[-1] is told[-1] and all(c.doubt != SURE for c in others)
    around = "" if outcome else f"{claim.item.before}#{claim.item.after}"
    decides = words.government.search(org) and handled.search(around)
    own = same or words.authorities.search(org) or decides
    return replace(claim, doubt=UNSURE) if own else claim


def _counted(item: Statement, words: Vocabulary, org: str, *, listed: bool) -> tuple[Claim | None, list[Each]]:
    before, after = words.hits(item.before, item.topic), words.hits(item.after, item.topic)
    if before or after:
        before, after = (_by_itself(hits, listed=listed) for hits in (before, after))
    if not before and not after:
        return None, []
    here, behind = fitting(before, item), fitting(own_outcomes(after, item, words), item)
    top = max((h.phrase.rank for h in here), default=-9)
    if behind and (not here or (not item.cut and max(h.phrase.rank for h in behind) > max(top, 0))):
        here = behind
        top = max(h.phrase.rank for h in here)
    chosen = without_kinds([h for h in here if h.phrase.rank == top], item.after if here is behind else item.before)
    if not chosen:
        return None, []
    cases = [h for h in chosen if h.phrase.topic in words.own_business]
    if cases and any(h.phrase.shared for h in chosen):
        return made(item, cases, words, UNSURE), []  # 结转行政诉讼2件: of the cases, but not all
    rest = _unknown(item, before, after, chosen[0], words, org)
    if rest is None or words.channels.search(rest):
        if not _is_channel(item, words, org):
            return None, []
        part = made(item, chosen, words, UNSURE if item.scope or item.compared else SURE)
        return replace(part, least=True, unknown=item.before), []
    attribute = top == 1 and here is behind and item.after.startswith("的", chosen[0].end)  # 公开以县政府名义印发的文件
    harmless = bool(rest) and _introduced(item, rest, words, org, behind=here is behind)
    doubt = UNSURE if attribute else _grade(item, chosen[0].phrase, "" if harmless else rest, words)
    claim, others = _claimed(here, chosen, item, words, doubt, rest)
    least = bool(item.by) or any(p.some for p in claim.phrases)
    return replace(claim, unknown=claim.unknown or item.by, least=least), others


def _claimed(
    here: Sequence[Hit], chosen: list[Hit], item: Statement, words: Vocabulary, doubt: int, rest: str
) -> tuple[Claim, list[Each]]:
    """Return what a number claims, and what those behind it do where each has its own (分别为)."""
    if not words.respectively.search(item.before):
        return replace(made(item, _distinct(chosen), words, doubt), unknown=rest), []
    (first, topic), *others = _each_noun(chosen, item, words) or _one_each(here, item)
    if others and doubt == DOUBTFUL and words.respectively.fullmatch(rest):
        doubt, rest = SURE, ""
    return replace(made(replace(item, topic=topic), [first], words, doubt), unknown=rest), others


def _by_itself(hits: Sequence[Hit], *, listed: bool) -> tuple[Hit, ...]:
    """Return the hits that need no other members of a list (``lists``) to mean something."""
    return tuple(h for h in hits if not h.phrase.listed or (listed and h.phrase.accuse))


def _distinct(hits: list[Hit]) -> list[Hit]:
    """Return one hit per phrase, the last, in order of place; of a class said in the same words, one."""
    last = {(h.phrase.rule, h.phrase.key): h for h in hits}
    placed = {(h.start, "" if h.phrase.rank > 1 else h.phrase.key): h for h in reversed(last.values())}
    return sorted(placed.values(), key=lambda h: h.start)


def _one_each(hits: Sequence[Hit], item: Statement) -> list[Each]:
    """新收申请、办结申请、结转申请分别为: return one hit for each thing listed."""
    best: dict[int, Hit] = {}
    for hit in sorted(hits, key=lambda h: h.phrase.rank):
        best[len(_LISTED.findall(item.before, 0, hit.start))] = hit
    return [(best[n], item.topic) for n in sorted(best)]


def _each_noun(chosen: Sequence[Hit], item: Statement, words: Vocabulary) -> list[Each]:
    """现行有效的规章、规范性文件分别为: return the one verb with each of the nouns that are listed behind it."""
    verb = chosen[0]
    nouns = [topic for topic, start, _ in words.nouns(item.before) if start >= verb.end]
    shared = verb.phrase.column and len(chosen) == 1 and len(set(nouns)) > 1
    return [(verb, topic) for topic in nouns] if shared else []


def fitting(hits: Sequence[Hit], item: Statement) -> list[Hit]:
    """Return the hits whose unit is the number's."""
    unit = item.token.unit if item.token else ""
    none = item.token is not None and item.token.value == 0 and unit in PIECES  # 行政处罚0条
    fitting = [hit for hit in hits if none or unit in (hit.phrase.units or PIECES)]
    if unit or item.token is None:
        return fitting
    # A number without a unit counts something only after a form's own word, or 为 before a zero, at a mark.
    plain = (item.token.value == 0 and item.before.endswith(_IS)) or _AMOUNT.search(item.before)
    return [hit for hit in fitting if (plain or hit.phrase.rank >= 2) and not item.after]


def made(item: Statement, hits: list[Hit], words: Vocabulary, doubt: int) -> Claim:
    """Make one claim of hits of one rank: verbs widen it, things are added up or taken each."""
    first = hits[0].phrase
    topic = words.topics.get(first.topic, item.topic) if first.topic else item.topic
    per_hit = [readings(h, item.topic if not h.phrase.topic else None) for h in hits]
    rule = item.topic.rule if first.outcome and item.topic else first.rule
    if item.token and item.token.value == 0 and item.topic and item.topic.zero and first.rank <= 0 and first.accuse:
        rule = item.topic.zero_rule
    every = False
    if len(hits) == 1:
        meant = per_hit[0]
    elif first.rank <= 1:
        meant = tuple(dict.fromkeys(r for one in per_hit for r in one))
    elif (item.token and item.token.value == 0) or words.each.search(item.before):
        meant, every = tuple(one[0] for one in per_hit if one), True
    else:
        # 驳回复议请求、维持原答复4件: the same figure said twice.
        meant = (tuple(dict.fromkeys(name for one in per_hit for name in one[0])),)
        between = [(a.end, b.start) for a, b in pairwise(hits)]
        if not all(s == e or JOINED.fullmatch(item.before[s:e]) for s, e in between):
            doubt = UNSURE
    if not all(h.phrase.accuse for h in hits):
        doubt = UNSURE
    return Claim(item, meant, rule, doubt, every, tuple(h.phrase for h in hits), topic)


def _unknown(
    item: Statement, before: Sequence[Hit], after: Sequence[Hit], chosen: Hit, words: Vocabulary, org: str
) -> str | None:
    """Return the words around a number that are not understood; None if it counts something else."""
    phrase, behind = chosen.phrase, chosen not in before
    around = [remainder(item.before, words, org, before)]
    if behind or not (item.cut or _OF_ALL.match(item.after)):
        said = _without_more(item.after, words) if phrase.column and not phrase.outcome else item.after
        around.append(remainder(said, words, org, after))
    rest = "".join(one.rest for one in around)
    if phrase.rule in words.own_field:
        listed = without_examples(around[0], words)
        rest = "" if rest in org or listed is not around[0] else rest  # 税务局作出税务行政处罚; 施工许可等行政许可
        around[0] = listed
    if (rest and words.foreign.search(rest)) or (item.how == "foreign" and phrase.topics):
        return None
    narrowed = any(narrows(one, words) for one in around) or bool(rest and words.restrict.search(rest))
    if (len(rest) > _FAR and not _names_topic(item, phrase)) or (narrowed and phrase.rank <= 1):
        return None
    between = item.after[: chosen.start] if behind and phrase.rank <= 0 and not _HOW.match(item.after) else ""
    if between and remainder(between, words, org).rest:
        return None  # 32个单位收到申请
    return rest + _NARROWED if narrowed else rest


def _without_more(after: str, words: Vocabulary) -> str:
    """新出台的6件规范性文件均配套发布解读材料: return the noun behind a number without what is said of all of them."""
    end = next((end for _, start, end in words.nouns(after) if not start), 0)
    return after[:end] if end and _OF_ALL.match(after, end) else after


def _is_channel(item: Statement, words: Vocabulary, org: str) -> bool:
    """Whether a number is what came in on one way (经平台收到), which is no more than all that came in."""
    around = (item.before,) if item.cut else (item.before, item.after)
    rest = "".join(remainder(one, words, org, words.hits(one, item.topic)).rest for one in around)
    left = words.channels.without(rest)
    dangerous = any(kind.search(left) for kind in (words.foreign, words.restrict, words.owners))
    ours = item.how == "here" and item.topic and not item.topic.own_business
    return bool(ours) and left != rest and not dangerous


def _introduced(item: Statement, rest: str, words: Vocabulary, org: str, *, behind: bool) -> bool:
    """Whether all words that are not understood stand before the verb or the result: 年初以来累计受理…, 因…无法提供.

    There they say when, how and why; those that select or supervise, and other bodies, are known words.
    """
    said = item.after if behind else item.before
    if behind and re.match(_TREATED, item.before) and item.how == "here":
        return not any(kind.search(rest) for kind in (words.owners, words.restrict))
    hits, nouns = words.hits(said, item.topic), words.nouns(said)
    if not hits or hits[0].phrase.rank < 0 or any(start < hits[0].end for _, start, _ in nouns) or len(rest) > _LEADING:
        return False
    if not (hits[0].phrase.topic or item.how in ("here", "before")) or (item.topic and item.topic.own_business):
        return False
    dangerous = any(kind.search(rest) for kind in (words.owners, words.restrict, words.respectively))
    return not dangerous and remainder(said, words, org, hits).lead(words) == rest


def _names_topic(item: Statement, phrase: Phrase) -> bool:
    return bool(phrase.topic) or item.how == "here"


def _grade(item: Statement, phrase: Phrase, rest: str, words: Vocabulary) -> int:
    """Return the doubt about a number that counts what a phrase says, with the words not understood around it."""
    token = item.token
    part = item.topic is not None and ((item.office and item.topic.office_part) or may_be_of_others(item, phrase))
    elsewhere = item.scope or item.how == "foreign" or item.compared or part or decided_elsewhere(item, phrase, words)
    odd_unit = token is not None and token.unit not in _USUAL_UNITS and not _names_topic(item, phrase)
    if elsewhere or (odd_unit and item.how != "before") or len(rest) > _NEAR:
        return UNSURE
    from_heading = item.how == "behind" and not phrase.topic
    rounded = token is not None and token.about and token.digits < _EXACT
    return DOUBTFUL if rest or odd_unit or from_heading or rounded or phrase.rank < -1 else SURE


def may_be_of_others(item: Statement, phrase: Phrase) -> bool:
    """行政复议方面，上年结转8件: words that cases of another kind are spoken of with too."""
    elsewhere = item.topic is not None and item.topic.id != phrase.topic and item.how in ("here", "before")
    return phrase.shared and elsewhere


def _apart(found: list[Claim], words: Vocabulary) -> list[Claim]:
    """公开8件，部分公开1件: what is told by itself in a sentence is in no sum of results beside it."""
    results = [c for c in found if c.result and not _is_part(c.item, words)]
    alone = {(c.item.sentence, c.readings[0]) for c in results if len(c.readings) == 1}
    return [
        replace(claim, readings=claim.readings[:1])
        if claim.result and any((claim.item.sentence, (name,)) in alone for r in claim.readings[1:] for name in r)
        else claim
        for claim in found
    ]  # fmt: skip


def _with_included(found: list[Claim], words: Vocabulary) -> list[Claim]:
    """予以公开10件（含部分公开3件）: a result may include another that is named behind it."""
    parts = [c for c in found if _is_part(c.item, words) and c.result and len(c.readings) == 1]
    return [_including(claim, parts) if claim.result else claim for claim in found] if parts else found


def _including(claim: Claim, parts: Sequence[Claim]) -> Claim:
    place = (claim.item.sentence, claim.item.clause + 1)
    near = [one.readings[0] for one in parts if (one.item.sentence, one.item.clause) == place]
    extra = [(*reading, *one) for one in near for reading in claim.readings if one[0] not in reading]
    return replace(claim, readings=(*claim.readings, *extra))
