"""Tables as people have them: read as a person would, or refused in one sentence."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gdsim.engine.data import Data
from gdsim.engine.sentences import Fault
from gdsim.experiment.tables import Kind, Missing, Wishes, chosen, data_from, look
from tests.trials.tables import main


def write(folder: Path, text: str | bytes, encoding: str = "utf-8") -> Path:
    path = folder / "t.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def taken(
    path: Path,
    x: list[str] | None = None,
    y: str | None = None,
    missing: Missing = "refuse",
    wishes: Wishes | None = None,
    *,
    labelled: bool = False,
) -> Data:
    found = look(path, wishes)
    columns, target = chosen(found, x, y, labelled=labelled)
    return data_from(found, columns, target, missing, labelled=labelled)


KINDS: list[tuple[str, str, tuple[str, str], list[float], list[float]]] = [
    # what it is, the table, the names of x and y, their numbers
    ("a header one cell short, as R writes it", '"x","y"\n"a",1,10\n"b",2,21\n"c",4,30\n',
     ("x", "y"), [1, 2, 4], [10, 21, 30]),
    ("row numbers and a header one cell short", '"u","v"\n"1",7,10\n"2",5,21\n"3",4,30\n',
     ("u", "v"), [7, 5, 4], [10, 21, 30]),
    ("columns that are numbered", ",0,1\n0,3,10\n1,5,20\n2,9,33\n",
     ("0", "1"), [3, 5, 9], [10, 20, 33]),
    ("no header, and a column of text", "1,10,NEAR\n2,20,FAR\n4,25,BY THE SEA\n",
     ("x1", "x2"), [1, 2, 4], [10, 20, 25]),
    ("aligned columns", "   1.5    2\n  10.25   3\n 100      4.5\n",
     ("x1", "x2"), [1.5, 10.25, 100], [2, 3, 4.5]),
    ("spaces, with a name in quotation marks", '18.0  8.5  "buick 320"\n15.0  9.0 "ford"\n',
     ("x1", "x2"), [18, 15], [8.5, 9]),
    ("NumPy's savetxt, with names in a comment", "# t h\n1.0e+00 2.5e+00\n3.0e+00 4.0e+00\n",
     ("t", "h"), [1, 3], [2.5, 4]),
    ("tabs and decimal commas", "x\ty\n1,5\t2,25\n2,75\t3\n", ("x", "y"), [1.5, 2.75], [2.25, 3]),
    ("commas, and quoted decimal commas", 'x,y\n"27,3","1,5"\n"28,45","2,5"\n',
     ("x", "y"), [27.3, 28.45], [1.5, 2.5]),
    ("Excel's sep=", "sep=;\nx;y\n1;2\n3;4\n", ("x", "y"), [1, 3], [2, 4]),
    ("a title, an empty line and a comment", "Measured in May\n\n# by hand\nx,y\n1,2\n3,4\n",
     ("x", "y"), [1, 3], [2, 4]),
    ("the first decimal comma in line 57", "x;y\n" + "4;5\n" * 55 + "1,5;2\n",
     ("x", "y"), [4.0] * 55 + [1.5], [5.0] * 55 + [2]),
    ("a semicolon within quotation marks", 'x;y;z\n1;2;"a;b"\n3;4;"c"\n5;7;d\n',
     ("x", "y"), [1, 3, 5], [2, 4, 7]),
    ("a name with a line break", '"my\nx",y\n1,2\n3,4\n', ("my x", "y"), [1, 3], [2, 4]),
    ("wide commas", "x，y\n1，2\n3，4\n", ("x", "y"), [1, 3], [2, 4]),
    ("true minus signs", "x,y\n−1,2\n–3,4\n", ("x", "y"), [-1, -3], [2, 4]),
    ("thousands beside decimal commas", "x;y\n245.000;100,5\n12.500;99,25\n",
     ("x", "y"), [245000, 12500], [100.5, 99.25]),
    ("thousands beside decimal points", 'x,y\n"1,234",2.5\n"12,345",3.25\n',
     ("x", "y"), [1234, 12345], [2.5, 3.25]),
    ("thousands with spaces", "x;y\n1 234,5;2\n12 000,25;3\n",
     ("x", "y"), [1234.5, 12000.25], [2, 3]),
    ("days", "day,y\n2024-02-28,1\n2024-03-01,5\n", ("day (d)", "y"), [0, 2], [1, 5]),
    ("days of a long time", "day,y\n1900-01-01,1\n2000-01-01,5\n",
     ("day (a)", "y"), [0, 36524 / 365.2425], [1, 5]),
    ("days before months", "day;y\n31/1/2024;1\n1/3/2024;5\n",
     ("day (d)", "y"), [0, 30], [1, 5]),
    ("hours", "at,y\n06:30,1\n18:15,5\n", ("at (h)", "y"), [6.5, 18.25], [1, 5]),
    ("a row number, never x where something else is", "id,h,w\n1,170,60\n2,180,71\n3,165,55\n",
     ("h", "w"), [170, 180, 165], [60, 71, 55]),
    ("the article's points, whose x counts", "x,y\n1,2\n2,3\n3,5\n4,7\n5,11\n",
     ("x", "y"), [1, 2, 3, 4, 5], [2, 3, 5, 7, 11]),
    ("a complete column before one with gaps", "a,b,c\n1.5,,7\n2.5,3,8\n4,4,9\n6,5,12\n",
     ("a", "c"), [1.5, 2.5, 4, 6], [7, 8, 9, 12]),
    ("commas behind every line", "x,y,\n1,2,\n3,4,\n", ("x", "y"), [1, 3], [2, 4]),
    ("ends of lines of an old Macintosh", "x,y\r1,2\r3,4\r", ("x", "y"), [1, 3], [2, 4]),
    ("row names without a name", ",kind,size,cost\n1,a,5,7\n2,b,4,8\n3,c,9,3\n",
     ("size", "cost"), [5, 4, 9], [7, 8, 3]),
    ("a title of as many words as there are columns", "By hand now\n\nx\ty\tz\n1\t2\ta\n3\t4\tb\n",
     ("x", "y"), [1, 3], [2, 4]),
    ("two numbers that might be years", "2164;2080;red\n1702;1056;green\n4812;4948;blue\n",
     ("x1", "x2"), [2164, 1702, 4812], [2080, 1056, 4948]),
    ("years as names", "land,1990,1991\nA,1,2\nB,3,5\n", ("1990", "1991"), [1, 3], [2, 5]),
    ("lines of commas only", "x,y\n1,2\n,\n3,4\n,\n", ("x", "y"), [1, 3], [2, 4]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names", "x", "y"), [one[1:] for one in KINDS], ids=[one[0] for one in KINDS]
)
def test_a_table_is_read_as_a_person_would(
    tmp_path: Path, text: str, names: tuple[str, str], x: list[float], y: list[float]
) -> None:
    data = taken(write(tmp_path, text))
    assert (*data.names, data.target) == names
    assert data.x[0] == pytest.approx(x, rel=1e-12)
    assert data.y == pytest.approx(y, rel=1e-12)


ENCODED = [
    ("utf-8-sig", "高度,重量", "utf-8-sig"), ("utf-16", "größe,preis", "utf-16"),
    ("utf-16-le", "height,weight", "utf-16-le"), ("gb18030", "面积,价格", "gb18030"),
    ("gb18030", "年份,销量", "gb18030"), ("big5", "體重,身高", "big5"),
    ("big5", "人口,面積", "big5"), ("shift_jis", "身長,体重", "shift_jis"),
    ("shift_jis", "売上,おおさか", "shift_jis"), ("latin-1", "Größe,Preis", "cp1252"),
    ("cp1252", "température,année", "cp1252"), ("cp1252", "São,ñandú", "cp1252"),
    ("cp1252", "x (µm),T (°C)", "cp1252"), ("cp1251", "Рост,Вес", "cp1251"),
]  # fmt: skip


@pytest.mark.parametrize(("encoding", "header", "found"), ENCODED)
def test_the_names_are_right_in_every_encoding(
    tmp_path: Path, encoding: str, header: str, found: str
) -> None:
    seen = look(write(tmp_path, header + "\n1.5,2\n2,5\n", encoding))
    assert [one.name for one in seen.columns] == header.split(",")
    assert seen.encoding == found


def test_row_numbers_beside_words_have_a_header_too(tmp_path: Path) -> None:
    found = look(write(tmp_path, '"","class","sex"\n1,crew,f\n2,first,m\n3,second,m\n'))
    assert found.has_header
    assert found.rows == 3


def test_foreign_letters_far_behind_are_seen(tmp_path: Path) -> None:
    text = "x,y,z\n" + "1,2,a\n" * 20_000 + "3,4,北京\n"
    assert look(write(tmp_path, text, "gb18030")).encoding == "gb18030"


REFUSED: list[tuple[str, str | bytes, str]] = [
    ("lines of another length", "150,4,setosa\n5.1,3.5,1.4,0.2,0\n4.9,3,1.4,0.2,0\n",
     "line 1 has 3 cells, where the others have 5"),
    ("a last line that is none", "x,y\n1,2\n3,4\nSource: me\n",
     "line 4 has 1 cells, where the others have 2"),
    ("gaps", "x,y\n1,2\nNA,3\n,4\n3,?\n4,5\n5,-\n6,null\n7,#N/A\n8,nan\n9,10\n",
     "gaps in 7 of 10 lines, the first in line 3, column 'x'"),
    ("a word among numbers", "x,y\n1,2\n3,4\n5,six\n7,8\n", "line 4: 'six' in column 'y'"),
    ("a word behind an empty line", "x,y\n1,2\n\n# so\n3,4\n5,six\n7,8\n",
     "line 6: 'six' in column 'y'"),
    ("infinity", "x,y\n1,2\n3,4\n5,1e999\n7,8\n", "1e999 in column 'y' is not a finite number"),
    ("thousands or decimals", "x;y\n1,100;245,000\n2,200;350,000\n",
     "the ',' of '1,100' in column 'x' may part thousands or be the decimal sign"),
    ("a cell without an end", 'x,y\n1,2\n"3,4\n' + "5,6\n" * 40_000, "line 3: a cell is too long"),
    ("nothing but a mark", b"\xef\xbb\xbf", "is empty"),
    ("nothing", b"", "is empty"),
    ("names only", "x,y\n", "no line with data"),
    ("a line without an end", "x,y\n" + "1" * 1_500_000, "a line of 1500000 bytes"),
    ("very many columns", ",".join("1" * 9000), "9000 columns, more than 5000"),
    ("a workbook", b"PK\x03\x04" + b"a" * 100, "is a workbook, not a text table"),
    ("a picture", b"\x89PNG\r\n", "is not a text table"),
    ("zeros", b"a,b\n1,\x002\n", "is not a text table"),
    ("one column", "x\n1\n2\n", "has one column only"),
    ("text alone", "a,b\nred,one\ngreen,two\nblue,three\n",
     "no two columns that can be made numbers, only a (text), b (text)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_what_cannot_be_read_is_said_in_a_sentence(
    tmp_path: Path, text: str | bytes, said: str
) -> None:
    with pytest.raises(Fault) as caught:
        taken(write(tmp_path, text))
    assert said in str(caught.value)
    assert str(caught.value).startswith("t.csv")


def test_gaps_are_counted_and_left_out_on_a_word(tmp_path: Path) -> None:
    path = write(tmp_path, "x,y\n1,2\nNA,3\n,4\n3,?\n4,5\n")
    data = taken(path, missing="drop")
    assert data.x.tolist() == [[1, 4]]
    assert str(data.told) == "t.csv: commas, header; left out 3 incomplete lines of 5"
    # Of the columns that are taken: another's gaps matter nothing.
    path = write(tmp_path, "x,y,z\n1,2,\n2.5,3,\n4,5,6\n")
    assert taken(path).size == 3


def test_what_was_taken_is_said_in_one_line(tmp_path: Path) -> None:
    path = write(tmp_path, "Größe;Gewicht\n1,5;2\n2;3,5\n", "cp1252")
    assert str(taken(path).told) == "t.csv: cp1252, semicolons, decimal commas, header"
    path = write(tmp_path, "1 2\n3 5\n")
    assert str(taken(path).told) == "t.csv: spaces, no header"


@pytest.mark.parametrize(
    ("labels", "zero"),
    [("no yes", "no"), ("M B", "B"), ("1 2", "1"), ("1 -1", "-1"), ("0 1", "0"), ("是 否", "否"),
     ("TRUE FALSE", "FALSE")],
)  # fmt: skip
def test_two_labels_become_0_and_1_and_it_is_said(tmp_path: Path, labels: str, zero: str) -> None:
    one, other = labels.split()
    path = write(tmp_path, f"x,class\n1.5,{one}\n2.5,{other}\n3,{other}\n4.5,{one}\n")
    data = taken(path, labelled=True)
    assert data.target == "class"
    assert data.y.tolist() == [float(label != zero) for label in (one, other, other, one)]
    high = other if zero == one else one
    assert (f"class: {zero} → 0, {high} → 1" in str(data.told)) is (zero != "0")


def test_a_label_is_its_number_however_it_is_written(tmp_path: Path) -> None:
    path = write(tmp_path, "x;class\n1;1\n2;1,0\n3;2\n4;2,50\n5;2,5\n")
    assert taken(path, labelled=True).y.tolist() == [1, 1, 2, 2.5, 2.5]
    path = write(tmp_path, "x;class\n1;1\n2;1,0\n3;2,50\n4;2,5\n")
    assert taken(path, labelled=True).y.tolist() == [0, 0, 1, 1]


def test_decimal_commas_may_stand_far_above_plain_numbers(tmp_path: Path) -> None:
    rows = [f"{i},5\t1,5" for i in range(9000)] + [f"{i}\t1" for i in range(30000)]
    data = taken(write(tmp_path, "x\ty\n" + "\n".join(rows) + "\n"))
    assert data.x[0, :2].tolist() == [0.5, 1.5]
    assert data.y[[0, -1]].tolist() == [1.5, 1]


def test_numbers_that_mean_a_gap_are_asked_about_and_taken_out_on_a_word(tmp_path: Path) -> None:
    rows = "".join(
        f"{10 + 0.4 * i:.1f},{-999 if i in (2, 5) else 3 + 0.1 * i}\n" for i in range(12)
    )
    path = write(tmp_path, f"t,yield\n{rows}")
    assert "yield: −999 in 2 lines stands far apart – a gap?" in str(taken(path).told)
    with pytest.raises(Fault, match="gaps in 2 of 12 lines"):
        taken(path, wishes=Wishes(gaps=(-999.0,)))
    kept = taken(path, missing="drop", wishes=Wishes(gaps=(-999.0,)))
    assert (kept.size, kept.y.min()) == (10, 3.0)
    ages = "".join(f"{20 + 7 * i},{i * i}\n" for i in range(12))
    assert "gap?" not in str(taken(write(tmp_path, f"age,n\n{ages}")).told)


def test_a_name_that_stands_twice_is_asked_for_by_its_place(tmp_path: Path) -> None:
    path = write(tmp_path, "x,y,x,y\n1,2,30,4\n2,3,50,6\n3,7,60,9\n")
    data = taken(path, ["x (3)"], "4")
    assert data.x.tolist() == [[30, 50, 60]]
    assert data.y.tolist() == [4, 6, 9]
    with pytest.raises(Fault, match=r"several columns called 'x': say which, as 'x \(1\)'"):
        taken(path, ["x"])


def test_what_was_found_can_be_overruled(tmp_path: Path) -> None:
    doubtful = write(tmp_path, "x;y\n1,100;245,000\n2,200;350,000\n")
    assert taken(doubtful, wishes=Wishes(decimal=",")).x.tolist() == [[1.1, 2.2]]
    assert taken(doubtful, wishes=Wishes(decimal=".")).x.tolist() == [[1100, 2200]]
    assert taken(write(tmp_path, "1,2\n3,4\n"), wishes=Wishes(header=True)).x.tolist() == [[3]]
    named = taken(write(tmp_path, "a,b\n1,2\n2.5,4\n"), wishes=Wishes(header=True))
    assert named.names == ("a",)
    barred = write(tmp_path, "1:2\n3:5\n")
    assert taken(barred, wishes=Wishes(delimiter=":")).y.tolist() == [2, 5]
    guessed = write(tmp_path, "Größe,x\n1,2\n2,4\n", "cp1252")
    assert look(guessed, Wishes(encoding="cp1250")).columns[0].name == "Größe"


def test_each_column_has_its_kind(tmp_path: Path) -> None:
    text = "id,n,d,two,words,none\n" + "".join(
        f"{i},{i / 2},2024-01-0{i},{'abab'[i]},{'tuvw'[i]},\n" for i in (1, 2, 3)
    )
    kinds = [one.kind for one in look(write(tmp_path, text)).columns]
    assert kinds == [Kind.RUNNING, Kind.NUMBER, Kind.DATE, Kind.LABELS, Kind.TEXT, Kind.EMPTY]


def test_many_lines_are_read_as_few_are(tmp_path: Path) -> None:
    """Whole blocks of plain numbers are read otherwise than what has a gap or a quotation mark."""
    rows = np.arange(60_000.0).reshape(-1, 2) * 0.25
    plain = "x,y\n" + "".join(f"{a},{b}\n" for a, b in rows.tolist())
    data = taken(write(tmp_path, plain))
    assert (data.x[0] == rows[:, 0]).all()
    assert (data.y == rows[:, 1]).all()
    lines = plain.splitlines()
    lines[20_001] = ",7"
    lines[25_001] = '"12500.0",12500.25'
    other = taken(write(tmp_path, "\n".join(lines)), missing="drop")
    assert other.size == 29_999
    assert (other.x[0] == np.delete(rows[:, 0], 20_000)).all()
    lines[29_001] = "1,2,3"
    with pytest.raises(Fault, match="line 29002 has 3 cells"):
        taken(write(tmp_path, "\n".join(lines)))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have no names here")
def test_only_files_on_a_disk_are_opened(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to("/dev/zero")
    for path in (pipe, link):
        with pytest.raises(Fault, match="not a file on a disk"):
            look(path)
    with pytest.raises(Fault, match="is a folder"):
        look(tmp_path)


def test_what_a_fault_quotes_is_short_and_shows_its_signs(tmp_path: Path) -> None:
    path = write(tmp_path, "x,y\n1,2\n3,4\n5,a\x07b" + "c" * 500 + "\n6,7\n")
    with pytest.raises(Fault) as caught:
        taken(path)
    assert "'a␇bccc" in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("cell", ["2#3", "2 # so", "1_000", "0x10", "１２", "2..5", "1e", "--3"])
@pytest.mark.parametrize("place", [5, 20_000])
def test_what_looks_like_a_number_is_read_in_blocks_as_alone(
    tmp_path: Path, place: int, cell: str
) -> None:
    """A cell among thousands of plain numbers is what it would be among three."""
    lines = [f"{i % 7 + 0.5},{i % 5}" for i in range(30_000)]
    lines[place] = f"1.5,{cell}"
    many = write(tmp_path, "x,y\n" + "\n".join(lines))
    if cell == "１２":  # wide digits are digits
        assert taken(many).y[place] == 12.0
        return
    with pytest.raises(Fault, match=f"line {place + 2}: '{cell}' in column 'y' is not a number"):
        taken(many)


@pytest.mark.parametrize("place", [0, 3, 1000, 20_000])
def test_a_cell_longer_than_any_number_is_named_by_its_line(tmp_path: Path, place: int) -> None:
    lines = ["1,2"] * 30_000
    lines[place] = "1," + "2" * 200_000
    with pytest.raises(Fault, match=rf"t\.csv, line {place + 2}: ") as caught:
        taken(write(tmp_path, "x,y\n" + "\n".join(lines)))
    assert len(str(caught.value)) < 250


NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda value: float(f"{value:.6g}"))


@settings(max_examples=120, deadline=None)
@given(
    rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=2, max_size=30),
    delimiter=st.sampled_from([",", ";", "\t", "|", " "]),
    comma=st.booleans(),
    header=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[float, float]],
    delimiter: str,
    comma: bool,
    header: bool,
    encoding: str,
    end: str,
) -> None:
    """Every way to write the same numbers gives them, or a question; never others."""
    comma = comma and delimiter != ","
    texts = [[repr(value) for value in row] for row in rows]
    if comma:
        texts = [[text.replace(".", ",") for text in row] for row in texts]
    lines = [delimiter.join(row) for row in texts]
    if header:
        lines.insert(0, delimiter.join(["面积", "价格"]))
    folder = tmp_path_factory.mktemp("written")
    path = write(folder, end.join(lines) + end, encoding)
    found = look(path)
    columns = found.columns
    if any(one.doubt is not None for one in columns):
        with pytest.raises(Fault, match="may part thousands"):
            data_from(found, [columns[0]], columns[1])
        return
    data = data_from(found, [columns[0]], columns[1])
    assert data.x[0].tolist() == [row[0] for row in rows], found
    assert data.y.tolist() == [row[1] for row in rows], found


def test_tables_in_every_way_that_people_write_them(capsys: pytest.CaptureFixture[str]) -> None:
    """The beginning of `python -m tests.trials.tables`, half of them damaged."""
    assert main(5, 160) == 0, capsys.readouterr().out
