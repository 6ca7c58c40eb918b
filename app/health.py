"""`python -m app.health URL`: exit code 0 when the address answers 200. For container checks."""

import sys
from urllib.error import URLError
from urllib.request import urlopen


def main(url: str) -> int:
    """Ask once, within four seconds."""
    try:
        with urlopen(url, timeout=4) as answer:  # noqa: S310  (the address is the operator's)
            return 0 if answer.status == 200 else 1  # noqa: PLR2004
    except (URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
