"""How many planted errors do the sums detect, how many does `repairs` correct, and what is found in sentences?

    python benchmarks/detection.py [--seed N] [--quick] [--write docs/detection.md]

Valid reports are made from a seed (a town, a county, a city) or read from the published figures
in tests/data; one slip at a time is planted; every share is a count over stated samples.  The same
seed gives the same bytes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise, repeat
from pathlib import Path

import blame
import texts
from msgspec.structs import replace
from planting import (
    DISPUTES,
    EVIDENCE,
    REQUESTS,
    SINGLE,
    SIZES,
    Beside,
    Figures,
    Plant,
    Size,
    as_report,
    broken,
    disputes_of,
    in_cells,
    make_valid,
    nothing,
    published,
    requests_of,
    rows_exchanged,
    several_errors,
    shifted,
    swapped,
    total_formulas,
)

from reportgen.form import Form, load_form
from reportgen.repairs import Repairs, find_repairs

# ---------------------------------------------------------------- counting


Row = tuple[str, Counter[str]]
"""Name of a kind of error, and what became of the planted ones: planted, detected, first …"""


class Survey:
    """Plants errors of many kinds and counts what is found.

    Args:
        form: the edition.
        seed: decides every report and every error.
        samples: errors of each kind and size of body.
    """

    def __init__(self, form: Form, seed: int, samples: int) -> None:
        self.form, self.seed, self.samples = form, seed, samples
        self.formulas = total_formulas(form)
        self.times: list[float] = []
        """Processor time of every search, in seconds."""
        self.beside: Beside = nothing
        """What else the reports have that speaks of the figures."""

    def run(self, name: str, plant: Plant, sizes: tuple[Size, ...] = SIZES, *, formulas: bool = False) -> Row:
        """Plant errors of one kind in made reports; ``formulas``: the totals are formulas."""
        whole: Counter[str] = Counter()
        for size in sizes:
            rng = random.Random(f"{self.seed}/{name}/{size.name}/{formulas}")
            reports = (make_valid(self.form, size, rng) for _ in repeat(None))
            whole += self.measure(reports, plant, rng, self.formulas if formulas else {})
        return name, whole

    def run_on_published(self, name: str, plant: Plant) -> Row:
        """Plant errors of one kind in the published reports."""
        whole: Counter[str] = Counter()
        for org, figures in published(self.form):
            whole += self.measure(repeat(figures), plant, random.Random(f"{self.seed}/{org}"), {})
        return name, whole

    def measure(
        self, valid: Iterator[Figures], plant: Plant, rng: random.Random, formulas: Mapping[str, str]
    ) -> Counter[str]:
        """Plant the errors, one a report, and count; reports in which nothing can be planted are passed over."""
        tally: Counter[str] = Counter()
        for _ in range(self.samples * 5):
            if tally["planted"] == self.samples:
                break
            figures = next(valid)
            planted = plant(rng, figures)
            if planted is not None:
                tally += self.judge(figures, planted, formulas)
        return tally

    def judge(self, figures: Figures, planted: Figures, formulas: Mapping[str, str]) -> Counter[str]:
        """Return what became of one planted error."""
        typed = follow(self.form, {**figures, **planted}, formulas)
        report = replace(as_report(self.form, typed, formulas), **self.beside(self.form, figures))
        began = time.process_time()
        result = find_repairs(report)
        self.times.append(time.process_time() - began)
        if not broken(self.form, typed):
            return Counter(planted=1)
        return Counter(planted=1, detected=1) + ranked(result, {cell: figures[cell] for cell in planted})


def ranked(result: Repairs, truth: Figures) -> Counter[str]:
    """Return where the true correction stands among those proposed."""
    places = [{change.cell for change in repair.changes} for repair in result.repairs]
    first = [{change.cell: change.new for change in repair.changes} for repair in result.repairs[:1]]
    return Counter(
        alternatives=len(places) + result.more,
        sole=(sole := len(places) == 1 and not result.more),
        sole_first=sole and places == [set(truth)],
        first=places[:1] == [set(truth)],
        third=set(truth) in places[:3],
        shown=set(truth) in places,
        exact=first == [truth],
    )


def by_evidence(survey: Survey, plant: Plant, *, formulas: bool) -> list[Row]:
    """Return a row for each kind of evidence that reports have, the same errors planted in each."""
    found: list[Row] = []
    for name, survey.beside in EVIDENCE.items():
        found.append((name, survey.run("任一种", plant, formulas=formulas)[1]))
    survey.beside = nothing
    return found


def follow(form: Form, figures: Figures, formulas: Mapping[str, str]) -> Figures:
    """Return the figures with the totals that are formulas added up, as a spreadsheet would."""
    parts = {e.left[0]: e.right for e in reversed(form.equations) if len(e.left) == 1 and e.left[0] in formulas}
    values = dict(figures)
    for _ in range(2):  # totals of totals
        for total, cells in parts.items():
            values[total] = sum(values[c] for c in cells)
    return values


# ---------------------------------------------------------------- the page

HEAD = ("植入的错误", "样本数", "发现", "首位即真错处", "前三位之内", "列出之内", "首位数值也对", "平均改法数")


def share(count: int, of: int) -> str:
    """Return a percentage, never rounded up to 100 nor down to 0."""
    if not of:
        return "–"
    tenths = 1000 * count // of if count * 2 > of else -(-1000 * count // of)
    return f"{tenths // 10}.{tenths % 10} %"


def table(rows: list[Row]) -> str:
    """Return the tallies as a table in Markdown."""
    lines = [HEAD, ("---", *["---:"] * (len(HEAD) - 1))]
    for name, tally in rows:
        planted, detected = tally["planted"], tally["detected"]
        shares = (share(tally[key], planted) for key in ("detected", "first", "third", "shown", "exact"))
        lines.append((name, str(planted), *shares, f"{tally['alternatives'] / detected:.1f}" if detected else "–"))
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


CEILING_HEAD = (
    "旁证",
    "样本数",
    "发现",
    "只剩一种改法",
    "首位即真错处",
    "首位数值也对",
    "只剩一种时首位对",
    "平均改法数",
)


def ceiling_table(rows: list[Row]) -> str:
    """Return the tallies beside what arithmetic can tell at best, as a table in Markdown."""
    lines = [CEILING_HEAD, ("---", *["---:"] * (len(CEILING_HEAD) - 1))]
    for name, tally in rows:
        planted, detected = tally["planted"], tally["detected"]
        shares = [share(tally[key], planted) for key in ("detected", "sole", "first", "exact")]
        ratio = share(tally["sole_first"], tally["sole"])
        lines.append(
            (name, str(planted), *shares, ratio, f"{tally['alternatives'] / detected:.1f}" if detected else "–")
        )
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def page(survey: Survey) -> str:
    """Return the page."""
    rows, columns = requests_of(survey.form)
    lines = [[f"{REQUESTS}.{r}.{c}" for c in columns] for r in rows]
    single, by_size, pairs = one_cell(survey, [cell for line in lines for cell in line])
    suits = [f"{DISPUTES}.{r}.{p}" for r, parts in disputes_of(survey.form) for p in parts]
    disputes = [survey.run(name, in_cells(suits, slip)) for name, slip in SINGLE.items()]
    typed = [cell for line in lines for cell in line if cell not in survey.formulas]
    few = Survey(survey.form, survey.seed, min(40, survey.samples))
    followed = by_evidence(few, in_cells(typed, any_slip), formulas=True)
    every = by_evidence(few, in_cells([cell for line in lines for cell in line], any_slip), formulas=False)
    cases = by_evidence(few, in_cells(suits, any_slip), formulas=False)
    return PAGE.format(
        seed=survey.seed, samples=survey.samples, few=few.samples, published="、".join(org for org, _ in published(survey.form)),
        single=table(single), by_size=table(by_size), pairs=table(pairs),
        grouped=table(several_cells(survey, lines)), disputes=table(disputes), followed=ceiling_table(followed),
        every=ceiling_table(every), cases=ceiling_table(cases),
        sentences=texts.sentences(), wording=texts.wording(),
    )  # fmt: skip


def one_cell(survey: Survey, cells: list[str]) -> tuple[list[Row], list[Row], list[Row]]:
    """Return the rows on slips in one cell of 表三 by kind and by size of body, and in two or three cells."""
    single = [survey.run(name, in_cells(cells, slip)) for name, slip in SINGLE.items()]
    single.append(("合计", sum((tally for _, tally in single), Counter())))
    anyone = in_cells(cells, any_slip)
    by_size = [survey.run(f"任一种，{size.name}", anyone, (size,)) for size in SIZES]
    count = len(published(survey.form))
    by_size.append(survey.run_on_published(f"任一种，{count}份已发布的报告", anyone))
    names = {2: "任两格", 3: "任三格"}
    return single, by_size, [survey.run(name, several_errors(cells, n)) for n, name in names.items()]


def several_cells(survey: Survey, lines: list[list[str]]) -> list[Row]:
    """Return the rows on one slip that puts several cells of 表三 wrong."""
    columns = [list(column) for column in zip(*lines, strict=True)]
    down = [pair for column in columns for pair in pairwise(column)]
    across = [pair for line in lines for pair in pairwise(line)]
    results = lines[2:-2]
    return [
        survey.run("上下相邻两格填颠倒", swapped(down)),
        survey.run("左右相邻两格填颠倒", swapped(across)),
        survey.run("一列中3至8格填低一行", shifted([column[2:-2] for column in columns])),
        survey.run("一行中3至7格填偏一列", shifted(lines)),
        survey.run("相邻两行互换（不含总计）", rows_exchanged([line[:-1] for line in results])),
        survey.run("相邻两行互换（连同总计）", rows_exchanged(results)),
    ]


def any_slip(rng: random.Random, number: int) -> int | None:
    """Make a slip of any kind."""
    return rng.choice(list(SINGLE.values()))(rng, number)


PAGE = """\
# 勾稽关系能发现多少错误，能改对多少

本页由 `python benchmarks/detection.py --seed {seed} --write docs/detection.md` 生成，同一种子结果逐字节相同。
做法：取一份勾稽关系全部成立的报告，植入一处填写错误，看程序能否发现、能否指出是哪一格、能否算出正确的数。
报告按种子生成，分乡镇（多数格为0）、区县、城市三种规模，每种错误每种规模 {samples} 份；
已发布的报告用{published}的数字。除另行说明外，所有总计都是手工填写的。

- 发现：至少一条勾稽关系不成立。
- 首位即真错处：排在第一位的改法所改的格，恰好就是被植入错误的格，一格不多、一格不少。
- 前三位之内、列出之内：真错处在前三种、在列出的（最多12种）改法里。
- 首位数值也对：第一位的改法把数也改回了原值。
- 平均改法数：同样简单、同样能使勾稽关系成立的改法有几种（1 表示能唯一确定）。

## 表三：一格填错

{single}

按规模：

{by_size}

表三每一格都同时在一行（总计＝六类申请人之和）和一列（办理结果之和或四项平衡）里，“（七）总计”在一行和两条列关系里。
一格有误，不成立的恰好是它所在的一行和一列，差数相同，交点就是错处；所以定位不靠猜测，正确的数也由差数唯一确定。

## 表三：几处互不相干的错误

{pairs}

几处错误差数不同时，哪一行配哪一列由差数决定；差数恰好相同（多见于数字很小的报告）时，
两种配法都成立，才要靠常见的填写错误排先后。两处错误在同一行或同一列且差数相抵时，情形与填颠倒相同。

## 表三：一次失误牵涉几格

{grouped}

上下填颠倒只动两行，列和不变；同一列的哪两格、还是两行的总计颠倒，勾稽关系分不出，只能排先后。
整行连同总计互换，行和、列和全都不变，勾稽关系发现不了（表中这一行的“发现”几乎为零）；
只有与上年数、与正文核对才可能发现。

## 表四：为什么只能发现，不能定位

{disputes}

表四每组五个数（四项结果和总计）只有一条勾稽关系，没有第二条等式可以交叉定位。五格中任何一格改正差数，
等式都成立（改后不为负数的都算），所以“平均改法数”大于1；程序只能按常见的填写错误给五格排先后，
并在说明里写明“单凭勾稽关系分不出是哪一格”。这是算术的界限，不是程序的缺口：
一条等式里的五个未知数，没有别的依据就不能确定是哪一个。
这里首位的比例只说明排序合不合这几种植入的失误：植入的与排序所假定的是同一类失误，实际工作中的比例会不同。
“一位数字打错”的首位比例低，是因为植入时0格与别的格机会均等，而程序认为0格很少会打错。

## 旁证：台账总计、正文、上年数据

表外还有三处写着同样的数：表三总计旁（表四下面）选填的“台账总计”，正文里写明的数，上年报告的结转下年。
程序把每一处当作一条等式，与勾稽关系同样用：某几格之和＝那里写的数。它与别的等式合起来排除改法，
在改法后面写明（“正文写新收63件，也支持这一改法”）；它自己也可能是错的，那时改的就是正文或台账的那个数。

- 只剩一种改法：同样简单、合乎全部等式的改法只有一种。这是算术的上限，再好的程序也不能靠等式超过它。
- 只剩一种时首位对：只剩一种改法的样本里，那一种改的恰好是真错处的比例。
- 首位即真错处比“只剩一种改法”多出来的部分，靠常见的填写错误排先后得来。

哪些正文的数算数：话里只有一种读法、没有疑问、不是占位符填的、不是约数；同一个数写得前后不一的都不用。
只有旁证对不上、勾稽关系全部成立时，只提示对不上（R-01、X-03 等），不提改法：那时也可能是表中几格一起少填，
台账和正文才是对的。勾稽关系全部成立、只可能错在正文一处的，改法说的就是正文的那个数。

### 表三，总计用公式（默认的工作簿）

植入在不是公式的格里，每一行都是同样的错误；这三张表每种规模 {few} 份。

{followed}

总计由公式算出时总是等于各项之和，不再是独立的证据：行的关系永远成立，只剩每列的四项平衡。
一格有误，这一列不平，但列中20多格都可能是错处，所以没有旁证时多半只能排先后。
填了台账总计，或用 `reportgen new --typed-totals` 生成总计也要手工填写的工作簿，都是把总计统计两遍：查得出，也找得到。
正文只写其中十来个数，所以只能确定这些行；一组几项只写合计的（不予公开等），组内分不出是哪一项。

### 表三，总计手工填写

{every}

### 表四，总计手工填写

{cases}

旁证只写总计：它确认了总计，就知道是四项结果之一填错，但四项分不出是哪一项；总计与它不同，就只剩总计一处。

## 排先后所用的权重

各种失误的权重（`reportgen/repairs/slips.py` 的 `PRIORS`）是估计，不是统计得来的；它们只影响
同样能使勾稽关系成立的改法之间的先后，不影响发现与否，也不影响能唯一确定的情形。

## 文字里的数

一句话与表格矛盾而没有发现是漏报，一句真话被报错误或警告是误报；误报比漏报更坏。句子连同各自的表格数在
`tests/data/` 的 `texts_corpus.json`、`texts_siblings.json` 和 `cases/texts.json`，有真有假，说法仿照已发布的报告，机关和数是虚构的。
“留出不看的”写好以后没有对照着改进过程序，用来估计对新句子的把握。

{sentences}

先写好、再看结果的各批句子，第一次检查的结果（看过以后归入“对照着改进过的”，第十、十七批除外）：

| 批次 | 真的 | 误报 | 与表矛盾的 | 漏报 |
| --- | ---: | ---: | ---: | ---: |
| 一 | 87 | 7 | 59 | 13 |
| 二 | 67 | 2 | 55 | 7 |
| 三 | 60 | 1 | 47 | 6 |
| 四 | 65 | 3 | 35 | 4 |
| 五 | 51 | 3 | 43 | 3 |
| 六 | 40 | 1 | 38 | 5 |
| 七（只有难认的真话） | 116 | 7 | – | – |
| 八 | 51 | 1 | 43 | 4 |
| 九 | 51 | 2 | 47 | 3 |
| 十（留出不看） | 48 | 0 | 40 | 2 |
| 十一（小标题才说明话题） | 23 | 1 | 8 | 8 |
| 十二 | 38 | 0 | 20 | 2 |
| 十三（不看程序另写） | 89 | 1 | 72 | 28 |
| 十四 | 31 | 0 | 35 | 6 |
| 十五 | 31 | 1 | 32 | 9 |
| 十六 | 28 | 3 | 30 | 5 |
| 十七（留出不看） | 25 | 0 | 29 | 2 |
| 十八（十五个机关的整段话） | 182 | 4 | 168 | 56 |
| 十九 | 62 | 2 | 55 | 15 |
| 二十（有意用生僻的说法） | 52 | 1 | 46 | 19 |
| 二十一 | 61 | 1 | 50 | 10 |
| 二十二 | 33 | 0 | 29 | 6 |
| 二十三（只有难认的真话） | 40 | 2 | – | – |
| 照例子另写的一 | 61 | 1 | 56 | 7 |
| 照例子另写的二（有意用别的说法） | 65 | 2 | 63 | 22 |
| 照例子另写的三（对照前两批改进否定的说法以后） | 57 | 0 | 53 | 2 |
| 照例子另写的四 | 70 | 0 | 70 | 1 |
| 照例子另写的五 | 70 | 0 | 70 | 0 |
| 照例子另写的六 | 70 | 0 | 70 | 2 |

这些句子有意往难处写：别的单位、别的时间、本职业务、分项和部分、生僻的说法。日常报告里，大多数句子比这些简单。

### 已发布报告的说法，植入错误

`tests/data/texts_published.json` 的段落按各级机关（省、市、县、部门、乡镇、街道、园区）已发布报告的说法写成，连同使它成立的
表格数，机关和数是虚构的。每个数标明是表中的、可从文字自己算出的，还是表中没有的（网站信息、留言、会议）；然后逐个改：加一、
改一位数字、相邻两位颠倒、漏一位；说没有的，改表中的数。所以漏报是按真实的说法数出来的，不是挑出来的。

{wording}

各批第一次检查的结果（误报也数只改了表中没有的数的，漏报只数表中的数和说没有的）：

| 批次 | 真的段落 | 误报 | 植入 | 漏报 | 漏报率 |
| --- | ---: | ---: | ---: | ---: | ---: |
| 甲 | 133 | 2 | 746 | 44 | 5.9 % |
| 乙 | 78 | 3 | 347 | 31 | 8.9 % |
| 丙 | 66 | 0 | 242 | 15 | 6.2 % |
| 丁 | 61 | 0 | 270 | 24 | 8.9 % |
| 戊 | 56 | 1 | 236 | 21 | 8.9 % |
| 己 | 33 | 1 | 123 | 14 | 11.4 % |
| 庚 | 63 | 0 | 318 | 10 | 3.1 % |
| 辛 | 45 | 1 | 194 | 18 | 9.3 % |
| 壬 | 43 | 1 | 196 | 22 | 11.2 % |
| 癸 | 31 | 3 | 71 | 7 | 9.9 % |
| 子（留出不看） | 32 | 0 | 131 | 14 | 10.7 % |
| 丑 | 61 | 5 | 887 | 186 | 21.0 % |
| 寅 | 69 | 5 | 873 | 218 | 25.0 % |
| 卯 | 69 | 6 | 718 | 256 | 35.7 % |
| 辰 | 59 | 7 | 1265 | 233 | 18.4 % |
| 巳（对照丑寅卯改进以后） | 50 | 2 | 489 | 33 | 6.7 % |
| 午（同上） | 46 | 0 | 359 | 35 | 9.7 % |
| 未（同上） | 40 | 1 | 346 | 49 | 14.2 % |
| 申酉戌亥天地玄黄宇宙（十批） | 547 | 13 | 4510 | 254 | 5.6 % |
| 洪荒日月（对照这十批改进以后，四批） | 177 | 8 | 1329 | 99 | 7.4 % |
| 盈昃辰宿列张（同上；134 份报告的整篇总体情况） | 266 | 2 | 707 | 70 | 9.9 % |
| 寒来暑往（同上；91 份报告的整篇总体情况） | 183 | 2 | 478 | 45 | 9.4 % |

自庚起，没见过的词不再一律使数作罢（做法见 decisions.md 第 24 节）；庚至子这五批共漏 71 / 910（7.8 %），按此前的程序是 92 / 910
（10.1 %）。用没有对照过任何一批时的词汇检查甲至己，此前漏 122 / 1955（6.2 %），现在漏 63 / 1955（3.2 %），误报没有增加。与前面各批
雷同的段落，检查之前已经去掉。一个没见过的词往往使同一个数的三四种改法都漏掉。漏掉的数，多是话题清楚而没有认得的动词或结果、
没说是规范性文件的文件、名称放宽或放窄了的（行政许可办件、以别的机关名义）。
丑至未由没有见过程序、也没有见过前面各批的人写成，丑寅卯辰有意收进少见的说法、别的单位、公示的数，所以漏得多；巳午未是寻常的段落。
巳午未三批，对照丑寅卯改进以前共漏 180 / 1194（15.1 %），以后 117 / 1194（9.8 %）。
自申起，各批照着各省各级机关已公开的报告的说法写，换了机关和数，十批以外与以前雷同的去掉；后两行把一份报告总体情况中有数的段落
全部收进来，225 份报告中有 2 份被误报。漏掉的，有“公开规范性文件几件”“公开行政许可几条”一类（公开的不一定是制发的、作出的，所以
只列在 X-00 里），有写 0 而改成别的数的（整篇的两行里占四分之一），也有没见过的词和病句。
认不准的数不报，列在提示 X-00 里，请自行复核。句子里的数怎样放在一起看，见 decisions.md 第 24 节。
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--quick", action="store_true", help="40 errors of each kind and size, not 400")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page there, do not print it")
    options = parser.parse_args()
    survey = Survey(load_form(), options.seed, 40 if options.quick else 400)
    text = f"{page(survey)}\n{blame.section(40 if options.quick else blame.CASES, options.seed)}"
    if options.write:
        options.write.write_text(text, encoding="utf-8", newline="\n")
    else:
        sys.stdout.write(text)
    times = sorted(survey.times)
    median, most = times[len(times) // 2] * 1000, times[-1] * 1000
    print(f"{len(times)} searches, median {median:.1f} ms, longest {most:.1f} ms", file=sys.stderr)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
