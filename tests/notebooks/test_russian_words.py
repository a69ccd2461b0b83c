"""Russian as it is printed: ё, «quotes», no break where a line must not, no «вы», and no English sentence left."""

import json
import re
from pathlib import Path

import pytest
from reading_notebooks import prose
from translations import source

from widgets.language.russian import LOOSE, RUSSIAN, unbroken

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks" / "ru").glob("*.ipynb"))
# Words that are never right in this spelling: somewhere they want a ё. `*` is for any letters.
WITHOUT_YO = """
    еще ее нее мое твое свое чье нем причем нипочем все-таки все(равно|еще|ещё|это|же|остальное) (о|в|на|при)чем
    (во|обо)всем свертк* сверток сверточ* развертк* решетк* звездочк* чертеж* пленк* съемк* полет* ребенк* ребенок
    слоев краев вперед поперек днем путем ребер елоч* щелкн* щелка(ем|ет|ть) трех* четырех* трем четырем
    (|под|рас|от|за|у|пере|про)счет (под|рас|от|пере|про)счет* счетчик* насчет (у|от|за)чет(|а|у|ом|е|ы|ов)
    (|не)че(тн|тк)* (об|под)ъем* прием(|а|у|ом|е|ы|ов|ам|ами|ах) черно-бел* (|не)серьезн* (|не)надежн*
    жестк* легкост* твердост*
    (черн|темн|желт|зелен|тверд|тяжел|дешев|тепл|пестр)(ый|ая|ое|ые|ого|ой|ых|ым|ыми|ую|ому)
    (легк|далек)(ий|ая|ое|ие|ого|ой|их|им|ими|ую|ому)
    (|на|про|по|при|подо|пере|до|за|у|со|обо)шел (|при|про|пере|с|в|под|раз|от)вел (у|с|про)чел
    ид(ет|ем|ете) (по|на|про|пере|до|за|у|со|во|обо|подо|разо)йд(ет|ем|ете|ется) прид(ет|ем|ете|ется)
    (|с|за|пере|от|вы|раз|из|при|про|по|под|у|соз)да(ет|ем|ете|ется)
    (|о|в|пере|до|от)ста(ет|ем|ете|ется|емся) (|при|про|пере|за|от|с|в|под|раз|по|до)вед(ет|ем|ете|ется)
    (|в|на|за|пере|при|про|до|от)нес(ет|ем|ете) (|на|про|за|пере|под|до|вы)раст(ет|ем)
    (|пере|по|с|раз|об)верн(ет|ем|ете|ется|емся) (|пере|по|с|раз)вернут(а|о|ы|ый|ая|ое|ые|ого|ой|ых|ым|ую)
    (|со|за|пере|на|до|у|раз|от|подо|под)бер(ет|ем|ете|ется|емся)
    (возьм|начн|пойм|займ|сожм|нажм|учт|сочт|прочт)(ет|ем|ете|ется|емся)
    (|подо)жд(ет|ем|ете) (|на)зов(ет|ем|ете) жив(ет|ем|ете) (|по)шлет клад(ет|ем|ете)
    (определ|раздел|отдел|сохран|отраж|закрепл|удал|смещ|свед|соедин|реш|упрощ|округл|привед|введ|провед|сокращ)ен(|н*)
    (включ|исключ|отключ|учт|прочт|размещ|усредн|обнул|примен|измен|замен|объедин|распредел|перенес|подвед|запрещ)ен(|н*)
"""


def without_yo(text):
    """The words of a text that lack a ё."""
    ways = [way.replace("(", "(?:").replace("*", r"\w*") for way in WITHOUT_YO.split()]
    ways = [re.sub(r"^(все|\(\?:о\|в\|на\|при\)|\(\?:во\|обо\))(?=\(|чем|всем)", r"\1\\s", way) for way in ways]
    return [found[0] for found in re.finditer(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)", text, re.IGNORECASE)]


def latin_runs(text):
    """Four Latin words in a row: a sentence that was left, but for titles of sources and names."""
    plain = re.sub(r"\[[^]]*\]\(http[^)]*\)|\*[^*\n]+\*", " ", text)
    runs = re.findall(r"[A-Za-z][A-Za-z'’-]*(?: [A-Za-z][A-Za-z'’-]*){3,}", prose(plain))
    return [run for run in runs if not run.istitle()]


def english_quotes(text):
    """Russian between quotes other than «»; "same" is a word of code."""
    return [
        quoted for quoted in re.findall(r"[\"“„][^\"”“\n]*[\"”“]", prose(text)) if re.search("[а-яё]", quoted, re.I)
    ]


def loose_words(text):
    """What a line may be broken at, though it must not."""
    return [prose(text)[at.start() - 9 : at.end() + 9] for at in LOOSE.finditer(prose(text))]


def addressed(text):
    """«Вы», and imperatives: we look together."""
    return re.findall(r"(?<!\w)(?:вы|вас|вам|вами|ваш\w*|\w+[йиь]те(?:сь)?)(?!\w)", text, re.IGNORECASE)


JUDGES = [without_yo, latin_runs, english_quotes, loose_words, addressed]
EVERYWHERE = (without_yo, addressed)  # in comments too, and in what a cell prints
FAULTY = {
    without_yo: "Еще одна свертка: окно идет по трем осям, во всем слое; все равно, о чем речь.",
    latin_runs: "Окно the window moves on.",
    english_quotes: 'Это "окно" и “шаг”.',
    loose_words: "Окно — это и\u00a09 клеток и шаг.",
    addressed: "Вы и ваше окно: нажмите, откройте, двигайтесь, проверьте.",
}
GOOD = (
    "Ещё одна свёртка — всё равно, о чём речь: «окно» выйдет, узнаем, угадаем, чем, всем, `the window moves on`, "
    'padding "same", [What are these layers?](https://a.b), *On the window of layers*, Data Science Stack Exchange'
)
GOOD = unbroken(GOOD)


@pytest.mark.parametrize("judge", JUDGES)
def test_faulty_russian_is_told_from_good_russian(judge):
    assert judge(FAULTY[judge]) and judge(GOOD) == []


def test_every_word_of_the_list_is_found():
    found = without_yo(FAULTY[without_yo])
    assert found == ["Еще", "свертка", "идет", "трем", "во всем", "все равно", "о чем"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_russian_notebook_is_written_as_russian_is_printed(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    told = [(cell["id"], fault) for cell in cells for judge in EVERYWHERE for fault in judge(source(cell))]
    read = [cell for cell in cells if cell["cell_type"] == "markdown"]
    told += [(cell["id"], fault) for cell in read for judge in JUDGES for fault in judge(source(cell))]
    assert told == []


@pytest.mark.parametrize(
    "path", [ROOT / "README.ru.md", *sorted((ROOT / "notebooks/ru/solutions").glob("*.py"))], ids=str
)
def test_the_other_russian_files_are_too(path):
    text = path.read_text(encoding="utf-8")
    judges = [*EVERYWHERE, loose_words] if path.suffix == ".md" else EVERYWHERE
    assert [fault for judge in judges for fault in judge(text)] == []


def test_the_tools_speak_so():
    texts = [text for room in RUSSIAN.values() for text in room.values()]
    forms = [form for text in texts for form in (text.values() if isinstance(text, dict) else [text])]
    assert len(forms) > 300
    assert [fault for form in forms for judge in (*EVERYWHERE, loose_words) for fault in judge(form)] == []
