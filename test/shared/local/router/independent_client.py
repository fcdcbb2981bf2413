"""Drives the router simulator with Debian's python3-librouteros, a client that nobody here wrote.

Arguments: port, login ("plain" or "token"), user, password. Prints what it saw as one line of JSON.
"""

import json
import sys

import librouteros
from librouteros.exceptions import FatalError, TrapError
from librouteros.login import plain, token
from librouteros.query import Key, Or

port, login, user, password = sys.argv[1:]


def connect(secret=password):
    methods = {"plain": plain, "token": token}
    return librouteros.connect(
        "127.0.0.1", user, secret, port=int(port), login_method=methods[login], timeout=5
    )


def refusal(act):
    try:
        act()
    except TrapError as error:
        return {"message": error.message, "category": error.category}
    return None


api = connect()
users = api.path("ip", "hotspot", "user")
name, comment, profile = Key("name"), Key("comment"), Key("profile")
seen = {}

seen["version"] = list(api("/system/resource/print"))[0]["version"]
seen["wireguard"] = refusal(lambda: list(api("/interface/wireguard/print")))
seen["identity"] = list(api("/system/identity/print"))
seen["ids"] = [
    users.add(name="LIB-1", profile="1hora", comment="one=1", password="secreta"),
    users.add(name="LIB-2", profile="1dia", comment="x" * 20_000),
]
seen["names"] = [row["name"] for row in users]
seen["found"] = list(users.select(name, comment, profile).where(name == "LIB-1"))
seen["either"] = [row["name"] for row in users.select(name).where(Or(name == "LIB-1", profile == "1dia"))]
seen["neither"] = list(users.select(name).where(name == "nobody"))
seen["afterNothing"] = [row["name"] for row in users.select(name).where(name == "LIB-2")]
seen["long"] = len(list(users.select(comment).where(name == "LIB-2"))[0]["comment"])
users.update(**{".id": seen["ids"][0], "comment": "two"})
seen["changed"] = [row["comment"] for row in users.select(comment).where(name == "LIB-1")]
seen["taken"] = refusal(lambda: users.add(name="LIB-1"))
seen["unknown"] = refusal(lambda: users.remove("*99"))
seen["wrongPassword"] = refusal(lambda: connect("wrong"))
users.remove(*seen["ids"])
seen["left"] = [row["name"] for row in users]

try:
    list(api("/quit"))
except FatalError as error:
    seen["fatal"] = str(error)
api.close()

json.dump(seen, sys.stdout)
