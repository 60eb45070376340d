"""Opens a tokenizer the one way every encoder here uses it: no padding, cut at a length, no special words."""

from tokenizers import Tokenizer

from dragoman.errors import Corrupt


def open_tokenizer(text: str, *, max_tokens: int) -> Tokenizer:
    """Return the tokenizer that ``text``, a tokenizer.json, describes; raises Corrupt."""
    try:
        tokenizer = Tokenizer.from_str(text)
    except Exception as error:  # tokenizers raises bare Exception
        raise Corrupt(
            f"a tokenizer.json that cannot be read: {error}", hint="fetch the folder again"
        ) from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(max_tokens)
    tokenizer.encode_special_tokens = True  # a shopper who types "</s>" means the letters
    return tokenizer
