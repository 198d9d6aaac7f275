"""The experiment as a short text that can be sent in a mail or a chat and pasted: `gdsim1:…`.

    gdsim1:BASE64URL.

holds 4 bytes, the CRC-32 (big-endian) of the document's JSON as UTF-8, and that JSON deflated (raw,
RFC 1951) after `_KNOWN`. It ends in a full stop, so that nothing that follows is taken for a part
of it. What mail does to a text is undone: line breaks, spaces, marks of a quotation.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path

from gdsim.engine.sentences import Fault, sentence
from gdsim.experiment.document import Experiment, from_json, load, to_json

MOST_CHARACTERS = 1 << 18
"""Of a text; longer ones are files."""
MOST_BYTES = 1 << 22
"""Of the document in it: no few characters shall become a machine's whole memory."""
VERSION = 1
WIDTH = 72
"""Characters of a line: mail programs leave those as they are."""

MOST_AROUND = 8 * MOST_CHARACTERS
"""Of all that was copied, the text among it."""

_ADDED = r"\s>|=\u00ad\u200b-\u200f\u2060\ufeff"
"""What mail adds: spaces, marks of a quotation, soft line breaks, signs that nobody sees."""
_WHOLE = re.compile(rf"gdsim(\d{{1,4}}):([A-Za-z0-9_{_ADDED}-]*)\.")
_IGNORED = re.compile(f"[{_ADDED}]+")
_BEGIN = re.compile(rf"[{_ADDED}]*gdsim\d{{1,4}}:")

_KNOWN = (
    b'"changes":[{"step":"branched":"source":"names":["x"],"target":"y","x":[[0.0,1.0,2.0,"y":["lr'
    b'_decay":0.0"step_size":"gamma":0.1"min_lr":0.0"warmup_steps":"total_steps":"sgd""rmsprop""ad'
    b'agrad""nesterov":false"momentum":0.9"dampening":0.0,"adam""adamw""beta1":0.9,"beta2":0.999,"'
    b'eps":1e-08,"amsgrad":false"cosine""step_decay""expression":"":true,"convention":"pytorch""na'
    b'me":"ravine""rosenbrock""linear""polynomial""logistic""network""columns":"degree":"hidden"{"'
    b'format":"gdsim","version":2,"made_by":"gdsim 0.1.0","problem":{"name":"article","settings":{'
    b'"loss":"mse","huber_delta":1.0,"standardise":false,"scaled_by":"population","l2":0.0,"standa'
    b'rdise_y":false}},"runs":[{"optimizer":"gd","settings":{"learning_rate":0.01,"weight_decay":0'
    b'.0},"schedule":"constant","schedule_settings":{},"sampling":{"batch_size":0,"sampling":"shuf'
    b'fle","seed":0},"clipping":{"clip_norm":0.0,"clip_value":0.0},"start":[0.0,0.0]}],"step_limit'
    b'":1000,"view":{"log_scale":true,"above_minimum":true,"log_rate":false,"residuals":false,"equ'
    b'al_scales":false,"grid_lines":true,"restart":true,"steps_per_second":20.0,"selected":0,"hidd'
    b'en":[]}}'
)
"""Text that most documents have in common and need not carry. A part of the format: with another
one, `VERSION` must grow."""
PASTED = sentence("The pasted text")


def holds_text(text: str) -> bool:
    """Whether an experiment's text begins in it."""
    return _BEGIN.search(text) is not None


def to_text(experiment: Experiment) -> str:
    """The experiment in lines of `WIDTH` characters; `Fault` where it is too much for a text."""
    plain = json.dumps(json.loads(to_json(experiment)), ensure_ascii=False, separators=(",", ":"))
    document = plain.encode()
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, zdict=_KNOWN)
    packed = packer.compress(document) + packer.flush()
    body = base64.urlsafe_b64encode(zlib.crc32(document).to_bytes(4, "big") + packed)
    text = f"gdsim{VERSION}:{body.decode().rstrip('=')}."
    if len(document) > MOST_BYTES or len(text) > MOST_CHARACTERS:
        raise Fault(
            "This experiment is too large for a text, with all its data: save it as a file, and "
            "send that."
        )
    return "\n".join(text[at : at + WIDTH] for at in range(0, len(text), WIDTH))


def from_text(text: str) -> Experiment:
    """The first whole experiment in a text, whatever stands around it; checked as a file is.

    `Fault` says what is wrong.
    """
    if len(text) > MOST_AROUND:
        raise Fault("{file} is too large for an experiment.", file=PASTED)
    for found in _WHOLE.finditer(text):
        version, body = int(found[1]), _IGNORED.sub("", found[2])
        if version != VERSION:
            raise Fault(
                "{file} was made by a newer gdsim ({maker}). Install that version to open it.",
                file=PASTED, maker=f"gdsim{version}:",
            )  # fmt: skip
        document = _unpacked(body)
        if document is not None:
            return from_json(document, PASTED)
    if holds_text(text):
        raise Fault(
            "The pasted text has lost or changed some signs on its way: copy it again, from "
            "'gdsim1:' to the full stop that ends it."
        )
    raise Fault(
        "There is no experiment in what was copied: copy the text from 'gdsim1:' to the full stop "
        "that ends it."
    )


def open_experiment(given: Path) -> Experiment:
    """Of a file; or of a text that stands where a file's name is wanted."""
    return from_text(str(given)) if is_text(given) else load(given)


def is_text(given: Path) -> bool:
    """Whether what stands where a file's name is wanted is an experiment's text."""
    return _BEGIN.match(str(given)) is not None


def _unpacked(body: str) -> str | None:
    """The document in that base64; None where a sign is missing or another."""
    try:
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        opener = zlib.decompressobj(-zlib.MAX_WBITS, zdict=_KNOWN)
        document = opener.decompress(raw[4:], MOST_BYTES)
        if (
            opener.eof
            and not opener.unused_data
            and zlib.crc32(document) == int.from_bytes(raw[:4], "big")
        ):
            return document.decode()
    except (ValueError, zlib.error):  # no base64, no UTF-8, nothing deflated
        pass
    return None
