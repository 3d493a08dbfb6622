"""Makes letters.txt and characters.txt: how often letters follow each other in many languages.

    npm install cldr-annotations-full@48.2.0 cldr-localenames-full@48.2.0 cldr-dates-full@48.2.0
    python3 make_letters.py node_modules

The words are those of the Unicode CLDR (names of animals, plants, places, countries, cities, months;
licence Unicode-3.0) and those of vocabulary.txt beside this file.
"""

import json
import math
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

HERE = Path(__file__).parent
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# Written with letters: the CLDR's name of the language, and which letters it has.
LATIN = ("en fr de es it pt nl ca gl eu ga sv nb da fi is sq pl cs sk hu ro hr sl "
         "tr az et lv lt vi").split()
CYRILLIC = "ru uk be bg sr mk kk mn".split()
OTHERS = {"el": "GREEK", "he": "HEBREW", "ar": "ARABIC", "fa": "ARABIC", "ur": "ARABIC", "th": "THAI"}
SCRIPTS = {**{x: "LATIN" for x in LATIN}, **{x: "CYRILLIC" for x in CYRILLIC}, **OTHERS}
CHARACTERS = {"zh": 2500, "zh-Hant": 2500, "ja": 2000, "ko": 1200}
# A letter that is rarer than this among all letters of a language comes from foreign words.
RAREST_LETTER = 0.0002
# How much a pair of letters that was not seen is taken for the product of its letters.
SMOOTHING = 4.0
VOCABULARY_WEIGHT = 3


def texts(node):
    """All strings in a JSON document."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for child in node:
            yield from texts(child)
    elif isinstance(node, dict):
        for key, child in node.items():
            if key not in ("identity", "_type", "_cldrVersion"):
                yield from texts(child)


def documents(packages, language):
    yield packages / f"cldr-annotations-full/annotations/{language}/annotations.json"
    for name in ("territories", "languages"):
        yield packages / f"cldr-localenames-full/main/{language}/{name}.json"
    yield packages / f"cldr-dates-full/main/{language}/timeZoneNames.json"
    yield packages / f"cldr-dates-full/main/{language}/dateFields.json"


def sentences(packages, language):
    for document in documents(packages, language):
        if document.exists():
            yield from texts(json.loads(document.read_text()))


def vocabulary():
    words = {}
    for line in (HERE / "vocabulary.txt").read_text().splitlines():
        if line and not line.startswith("#"):
            language, _, listed = line.partition(":")
            words[language] = unicodedata.normalize("NFC", listed).lower().split()
    return words


def words_of(packages, language, script, own):
    found = set()
    for text in sentences(packages, language):
        text = unicodedata.normalize("NFC", text).replace("İ", "i").lower()
        for word in re.findall(r"[^\W\d_]+" if script != "THAI" else r"[\u0e01-\u0e4e]+", text):
            if len(word) > 1 and all(script in unicodedata.name(c, "") for c in word):
                found.add(word)
    counted = Counter(found)
    for word in own:
        counted[word] += VOCABULARY_WEIGHT
    return counted


def letters_line(language, words):
    letters = Counter()
    for word, count in words.items():
        for letter in word:
            letters[letter] += count
    total = sum(letters.values())
    alphabet = sorted(c for c, n in letters.items() if n > RAREST_LETTER * total)
    known = set(alphabet)
    # A space stands for the beginning and the end of a word.
    pairs, firsts, singles = Counter(), Counter(), Counter()
    for word, count in words.items():
        if set(word) <= known:
            for first, second in zip(" " + word, word + " "):
                pairs[first, second] += count
                firsts[first] += count
                singles[second] += count
    signs = [" ", *alphabet]
    total = sum(singles.values()) + len(signs)
    costs = []
    for first in signs:
        for second in signs:
            alone = (singles[second] + 1) / total
            share = (pairs[first, second] + SMOOTHING * alone) / (firsts[first] + SMOOTHING)
            costs.append(DIGITS[min(35, round(-2 * math.log2(share)))])
    return f"{language}\t{''.join(alphabet)}\t{''.join(costs)}"


def is_character(character, language):
    if language == "ko":
        return "\uac00" <= character <= "\ud7a3"
    return "\u4e00" <= character <= "\u9fff"


def characters_line(packages, language, own, count):
    found = Counter()
    for text in set(sentences(packages, language)):
        found.update(text)
    for word in own:
        for character in word:
            found[character] += max(found.values()) / 200
    known = [c for c, _ in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
             if is_character(c, language)]
    return f"{language}\t{''.join(known[:count])}"


def main():
    packages = Path(sys.argv[1])
    own = vocabulary()
    lines = [letters_line(language, words_of(packages, language, script, own.get(language, [])))
             for language, script in SCRIPTS.items()]
    (HERE / "letters.txt").write_text("\n".join(lines) + "\n")
    lines = [characters_line(packages, language, own.get(language, []), count)
             for language, count in CHARACTERS.items()]
    (HERE / "characters.txt").write_text("\n".join(lines) + "\n")


main()
