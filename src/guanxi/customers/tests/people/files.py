"""Cards and lists that nobody has given to anyone."""

from collections.abc import Sequence
from pathlib import Path

FAIR_HEADER = ("姓名", "公司", "职位", "手机", "电话", "邮箱", "地址", "备注")


def csv_file(folder: Path, rows: Sequence[Sequence[str]], *, name: str = "fair.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    lines = [",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows]
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def fair_file(folder: Path, count: int, *, first: int = 0, name: str = "fair.csv") -> Path:
    """``count`` invented cards, three to a company, of which every tenth says nothing but name and company."""
    rows = [FAIR_HEADER]
    for number in range(first, first + count):
        bare = number % 10 == 9
        rows.append(
            (
                f"展客{number}",
                f"海岸家纺{number // 3}有限公司",
                "采购经理",
                "" if bare else f"1391234{number:04d}",
                "" if bare else "021-62345678",
                "" if bare else f"visitor{number}@guest.example",
                "上海市静安区南京西路1号",
                "看了毛巾" if number % 2 else "",
            )
        )
    return csv_file(folder, rows, name=name)


def card(*lines: str, version: str = "3.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])


def card_file(folder: Path, *cards: str, encoding: str = "utf-8", name: str = "cards.vcf") -> Path:
    path = folder / name
    path.write_bytes("".join(cards).encode(encoding))
    return path
