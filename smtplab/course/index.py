"""index."""


def index(what: str) -> str:
    return what
