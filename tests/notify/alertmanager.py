#!/usr/bin/env python3
"""The alarms as shipped, in a real Prometheus and a real Alertmanager.

    tests/notify/alertmanager.py --binary target/debug/feedbridge

Prometheus judges deploy/monitoring/alerts.yml, with seconds in the place of its minutes. A feed breaks and is mended:
FeedInTrouble must fire and be resolved, and so must the alert of the `alertmanager` target of feedbridge itself. When the
trouble changes its name, the alert goes on. The dashboard must be importable as it is, and all its queries must have data
from a running daemon with a feed in trouble.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from stage import Feedbridge, Receiver, Site, eventually, free_port, get, get_json, must, program, run_test

SHIPPED = Path(__file__).resolve().parent.parent.parent / "deploy" / "monitoring"
WAIT_S = 60
# Of all times in the files as shipped.
SHORT = "2s"


class Monitoring:
    """The files as shipped, changed only in addresses and times; and what both programs know."""

    def __init__(self, folder: Path, metrics: str, receiver: str):
        self.folder = folder
        self.prometheus_port, self.alertmanager_port = free_port(), free_port()
        alerts = re.sub(r"\bfor: \w+", f"for: {SHORT}", shipped("alerts.yml"))
        self._write("alerts.yml", alerts)
        prometheus = re.sub(r"_interval: \w+", "_interval: 1s", shipped("prometheus.yml"))
        prometheus = prometheus.replace("127.0.0.1:9093", self.alertmanager).replace("127.0.0.1:8080", metrics)
        self._write("prometheus.yml", prometheus)
        grouped = re.sub(r"(group_wait|group_interval): \w+", r"\1: 1s", shipped("alertmanager.yml"))
        self._write("alertmanager.yml", grouped.replace("127.0.0.1:9095", receiver))

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, encoding="utf-8")

    @property
    def prometheus(self) -> str:
        return f"127.0.0.1:{self.prometheus_port}"

    @property
    def alertmanager(self) -> str:
        return f"127.0.0.1:{self.alertmanager_port}"

    def run_prometheus(self):
        return program(
            ["prometheus", f"--config.file={self.folder}/prometheus.yml", f"--web.listen-address={self.prometheus}",
             f"--storage.tsdb.path={self.folder}/prometheus"], self.folder / "prometheus.log")  # fmt: skip

    def run_alertmanager(self):
        return program(
            ["prometheus-alertmanager", f"--config.file={self.folder}/alertmanager.yml",
             f"--web.listen-address={self.alertmanager}", f"--storage.path={self.folder}/alertmanager",
             "--cluster.listen-address="], self.folder / "alertmanager.log")  # fmt: skip

    def query(self, expression: str) -> list:
        """The result of a query; fails if Prometheus does not understand it."""
        url = f"http://{self.prometheus}/api/v1/query?{urllib.parse.urlencode({'query': expression})}"
        return get_json(url)["data"]["result"]


def shipped(name: str) -> str:
    return (SHIPPED / name).read_text(encoding="utf-8")


def dashboard_queries() -> Iterator[tuple[str, str]]:
    """Panel and query, with the variables of Grafana filled in as it would."""

    def of(panels: list[dict]) -> Iterator[tuple[str, str]]:
        for panel in panels:
            for target in panel.get("targets", []):
                expression = target["expr"].replace("$instance", ".+")
                yield panel["title"], re.sub(r"\$__(rate_)?interval", "1m", expression)
            yield from of(panel.get("panels", []))

    yield from of(json.loads(shipped("grafana-dashboard.json"))["panels"])


def overlap(one: dict, other: dict) -> bool:
    """Whether two places of Grafana's grid share a cell."""
    wide = one["x"] < other["x"] + other["w"] and other["x"] < one["x"] + one["w"]
    return wide and one["y"] < other["y"] + other["h"] and other["y"] < one["y"] + one["h"]


def faults(panel: dict) -> Iterator[str]:
    """What is wrong with one panel of the dashboard."""
    place = panel["gridPos"]
    if place["x"] + place["w"] > 24:
        yield "is wider than the grid"
    if not panel.get("description") or not panel["fieldConfig"]["defaults"].get("unit"):
        yield "has no description or no unit"
    names = [target["refId"] for target in panel["targets"]]
    if len(set(names)) != len(names):
        yield "has two queries of one name"
    if any(one["datasource"]["uid"] != "${datasource}" for one in [panel, *panel["targets"]]):
        yield "asks a data source that is not chosen at the top"
    legends = [target.get("legendFormat", "__auto") for target in panel["targets"]]
    if panel["type"] == "timeseries" and "__auto" in legends:
        yield "has a line without a name"


def dashboard_is_importable() -> None:
    """The dashboard needs no edit: its data source is a variable, and its panels have places of their own."""
    board = json.loads(shipped("grafana-dashboard.json"))
    panels = board["panels"]
    wrong = [f"{panel['title']} {fault}" for panel in panels for fault in faults(panel)]
    pairs = combinations(panels, 2)
    wrong += [f"{a['title']} overlaps {b['title']}" for a, b in pairs if overlap(a["gridPos"], b["gridPos"])]
    must(len({panel["id"] for panel in panels}) == len(panels), "two panels have one id")
    must(not wrong, f"dashboard: {wrong}")
    must("__inputs" not in board and board["id"] is None, "an import would ask, or take the place of another dashboard")
    variables = {variable["name"]: variable["type"] for variable in board["templating"]["list"]}
    must(variables == {"datasource": "datasource", "instance": "query"}, f"variables: {variables}")
    required = {one["id"] for one in board["__requires"] if one["type"] == "panel"}
    must(required == {panel["type"] for panel in panels}, f"__requires names {required}")
    print(f"dashboard: {len(panels)} panels, importable", flush=True)


def told(receiver: Receiver, alert: str, status: str) -> bool:
    """Whether Alertmanager has told of an alert."""
    alerts = [one for got in receiver.at("/alerts") for one in got.json()["alerts"]]
    return any(
        one["labels"]["alertname"] == alert and one["labels"].get("feed") == "harbour" and one["status"] == status
        for one in alerts
    )


def wait_for(receiver: Receiver, status: str, began: float) -> None:
    for alert in ("FeedInTrouble", "FeedTrouble"):
        eventually(lambda name=alert: told(receiver, name, status), WAIT_S, f"{alert}, {status}")
        print(f"{alert}: {status} {time.monotonic() - began:.0f} s after the change", flush=True)


def checked(*command: str, given: bytes = b"") -> None:
    """Runs a checker; what it says is a fault, except for its lines of success."""
    done = subprocess.run(command, input=given, capture_output=True)
    said = (done.stdout + done.stderr).decode()
    must(done.returncode == 0, f"{' '.join(command)}: {said}")
    print(f"{' '.join(command[:3])}: {said.strip().splitlines()[-1] if said.strip() else 'nothing to say'}", flush=True)


def dashboard_has_data(monitoring: Monitoring) -> None:
    queries = list(dashboard_queries())
    left = dict.fromkeys(queries)

    def ask() -> bool:
        for one in list(left):
            if monitoring.query(one[1]):
                del left[one]
        return not left

    try:
        eventually(ask, WAIT_S, "data for the dashboard")
    except AssertionError as error:
        lacking = "\n".join(f"  {title}: {expression}" for title, expression in left)
        raise AssertionError(f"{len(left)} of {len(queries)} queries have no data:\n{lacking}\n({error})") from None
    print(f"dashboard: {len(queries)} queries, all with data", flush=True)


def rules_are_judged(monitoring: Monitoring) -> None:
    """All rules are evaluated without an error."""
    groups = get_json(f"http://{monitoring.prometheus}/api/v1/rules")["data"]["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    wrong = [f"{rule['name']}: {rule.get('lastError')}" for rule in rules if rule["health"] == "err"]
    must(rules and not wrong, f"rules fail: {wrong}")
    firing = sorted(rule["name"] for rule in rules if rule["state"] == "firing")
    must(firing == ["FeedInTrouble"], f"these rules fire: {firing}")
    print(f"{len(rules)} rules are judged, only {firing[0]} fires", flush=True)


def descriptions(receiver: Receiver) -> set[str]:
    """The descriptions of FeedInTrouble that Alertmanager has told."""
    alerts = [one for got in receiver.at("/alerts") for one in got.json()["alerts"]]
    return {one["annotations"]["description"] for one in alerts if one["labels"]["alertname"] == "FeedInTrouble"}


def trouble_changes_its_name(feedbridge: Feedbridge, site: Site, monitoring: Monitoring, receiver: Receiver) -> None:
    """The page is gone now, after its layout was. The alert must go on."""
    since = active_since(monitoring)
    must(any("container_missing" in text for text in descriptions(receiver)), f"no trouble in {descriptions(receiver)}")
    page = site.listings.pop("harbour")
    feedbridge.call("run", "harbour")
    renamed = 'feedbridge_feed_trouble{feed="harbour",trouble="http_status"}'
    eventually(lambda: monitoring.query(renamed), WAIT_S, "another name of the trouble")
    eventually(lambda: "http_status" in described(monitoring), WAIT_S, "the new name in the alert")
    must(active_since(monitoring) == since, "the alert began anew when the trouble changed its name")
    must(not told(receiver, "FeedInTrouble", "resolved"), "the alert was resolved when the trouble changed its name")
    site.listings["harbour"] = page
    print("the trouble has another name, the alert goes on", flush=True)


def firing(monitoring: Monitoring) -> dict:
    """FeedInTrouble as Prometheus has it. There must be one, and no more."""
    alerts = get_json(f"http://{monitoring.prometheus}/api/v1/alerts")["data"]["alerts"]
    alerts = [alert for alert in alerts if alert["labels"]["alertname"] == "FeedInTrouble"]
    must(len(alerts) == 1, f"not one alert of the feed, but {len(alerts)}")
    return alerts[0]


def described(monitoring: Monitoring) -> str:
    return firing(monitoring)["annotations"]["description"]


def active_since(monitoring: Monitoring) -> str:
    return firing(monitoring)["activeAt"]


def alarms(feedbridge: Feedbridge, site: Site, monitoring: Monitoring, receiver: Receiver) -> None:
    with monitoring.run_prometheus():
        eventually(lambda: monitoring.query('up{job="feedbridge"} == 1'), WAIT_S, "Prometheus reads the metrics")
        feedbridge.breaks(site, "harbour")
        wait_for(receiver, "firing", time.monotonic())
        must(not told(receiver, "FeedInTrouble", "resolved"), "an alert is resolved while the feed is in trouble")
        rules_are_judged(monitoring)
        dashboard_has_data(monitoring)
        trouble_changes_its_name(feedbridge, site, monitoring, receiver)
        checked("promtool", "check", "metrics", given=get(f"{feedbridge.base}/metrics"))
        feedbridge.mends(site, "harbour")
        wait_for(receiver, "resolved", time.monotonic())


def rule(at: str) -> str:
    return (
        f'[[notify]]\nname = "alarms"\nallow_addresses = ["{at}"]\n'
        f'alertmanager = {{ server = "http://{at}", labels = {{ team = "feeds" }} }}\n'
    )


def test(binary: Path, folder: Path) -> None:
    receiver, site = Receiver(), Site(["harbour", "lighthouse"])
    feedbridge = Feedbridge(binary, folder, site.feeds())
    dashboard_is_importable()
    checked("promtool", "check", "rules", str(SHIPPED / "alerts.yml"))
    checked("promtool", "check", "config", "--syntax-only", str(SHIPPED / "prometheus.yml"))
    checked("promtool", "test", "rules", str(Path(__file__).parent / "alerts_test.yml"))
    checked("amtool", "check-config", str(SHIPPED / "alertmanager.yml"))
    # Alertmanager is there first: feedbridge has its address, and Prometheus that of feedbridge.
    early = Monitoring(folder, "127.0.0.1:1", receiver.address)
    with early.run_alertmanager():
        eventually(lambda: get(f"http://{early.alertmanager}/-/ready"), WAIT_S, "Alertmanager")
        feedbridge.configure(site.feeds() + rule(early.alertmanager))
        with feedbridge.running(site):
            prometheus = folder / "prometheus.yml"
            address = feedbridge.base.removeprefix("http://")
            prometheus.write_text(prometheus.read_text().replace("127.0.0.1:1\"", f"{address}\""))
            alarms(feedbridge, site, early, receiver)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", type=Path, required=True)
    return run_test(test, parser.parse_args().binary)


if __name__ == "__main__":
    sys.exit(main())
