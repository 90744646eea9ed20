"""Makes src/guanxi/customers/divisions.txt, the codes and names of China's administrative divisions.

    python tools/divisions.py FOLDER

FOLDER has the lists that others publish from the National Bureau of Statistics: provinces.csv, cities.csv, areas.csv
(github.com/modood/Administrative-divisions-of-China), and adcodes.csv, whose older names and codes people still write
(github.com/DQinYuan/chinese_province_city_area_mapper). Where both have a code, the former's name comes first.
"""

import csv
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src" / "guanxi" / "customers" / "divisions.txt"
HEADER = """\
# Codes (GB/T 2260) and names of China's provinces, prefectures and counties, former ones among them.
# Facts of the National Bureau of Statistics and the Ministry of Civil Affairs; made by tools/divisions.py from
# github.com/modood/Administrative-divisions-of-China and github.com/DQinYuan/chinese_province_city_area_mapper.
"""
PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}


def rows(folder: Path) -> list[tuple[str, str]]:
    """Code without trailing zero pairs (2, 4 or 6 digits) and name, in the order of codes."""
    found: dict[tuple[str, str], None] = {}
    for name in ("provinces", "cities", "areas"):
        with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            found |= dict.fromkeys((row["code"], row["name"]) for row in csv.DictReader(file))
    with (folder / "adcodes.csv").open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            code = row["adcode"][:6]
            while code.endswith("00"):
                code = code[:-2]
            if row["adcode"][6:] == "000000":
                found[code, row["name"]] = None
    return sorted((code, name) for code, name in found if name not in PLACEHOLDERS)


def main() -> None:
    lines = [f"{code} {name}\n" for code, name in rows(Path(sys.argv[1]))]
    TARGET.write_text(HEADER + "".join(lines), encoding="utf-8")
    print(f"{len(lines)} divisions, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
