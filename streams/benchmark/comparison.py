# SPDX-License-Identifier: Apache-2.0
"""Several servers in the same rounds, and the ratios between them."""

import statistics

from streams.benchmark import interleaving
from streams.benchmark import leads
from streams.benchmark import measurement
from streams.benchmark import peers

# Memory hardly varies, and 10,000 connections take a while.
IDLE_ROUNDS = 2

# A client that works all the time while the server waits for it: the rate is
# the client's, and only the CPU time tells servers apart.
_CLIENT_IS_FULL = 0.93
_SERVER_IS_NOT = 0.9


def client_is_the_limit(figures):
    return (
        figures["client_cpu"] > _CLIENT_IS_FULL
        and figures["server_cpu"] < _SERVER_IS_NOT
    )


def _figure(values, yardstick, higher_is_better):
    compared = leads.ratios(values, yardstick, higher_is_better)
    return {
        "median": statistics.median(values),
        "ratio": statistics.median(compared),
        "spread": [min(compared), max(compared)],
    }


def summarize(rounds):
    """{server: [Round, ...]} -> {server: figures}; ratios: higher is better."""
    rates = {
        name: [one.requests_per_second for one in of_one]
        for name, of_one in rounds.items()
    }
    costs = {
        name: [one.cpu_per_request * 1e6 for one in of_one]
        for name, of_one in rounds.items()
    }
    servers = {
        name: {
            "requests_per_second": _figure(rates[name], rates[peers.YARDSTICK], True),
            "cpu_microseconds": _figure(costs[name], costs[peers.YARDSTICK], False),
            "server_cpu": statistics.median(one.server_cpu for one in of_one),
            "client_cpu": statistics.median(one.client_cpu for one in of_one),
        }
        for name, of_one in rounds.items()
    }
    if peers.OURS in servers:
        _add_our_leads(servers, rates, costs)
    return servers


def _add_our_leads(servers, rates, costs):
    for name, figures in servers.items():
        if name == peers.OURS:
            continue
        both = (servers[peers.OURS], figures)
        figures["our_lead"] = {
            "requests_per_second": {
                **leads.compare(rates[peers.OURS], rates[name], True),
                "client_is_the_limit": any(map(client_is_the_limit, both)),
            },
            "cpu_microseconds": leads.compare(costs[peers.OURS], costs[name], False),
        }


def summarize_idle(sizes):
    """{server: [bytes of a connection, ...]} -> {server: figures}."""
    return {
        name: {"bytes": _figure(sizes[name], sizes[peers.YARDSTICK], False)}
        for name in sizes
    }


def measure_load(case, commands, setting, count, on_round):
    """One case under load: the figures, and who was left out."""
    participants = interleaving.Participants(case, commands)
    rounds = interleaving.run(
        participants,
        lambda argv: measurement.Server(argv, case, setting),
        lambda server: measurement.run_round(server, case, setting),
        count,
        on_round,
    )
    return participants.record(rounds, summarize)


def measure_idle(case, commands, setting, connections, on_round):
    """One case of memory: the figures, and who was left out."""
    participants = interleaving.Participants(case, commands)
    sizes = {name: [] for name in commands}
    for number in range(IDLE_ROUNDS):
        on_round(number, IDLE_ROUNDS)
        for name, argv in participants.commands(number):
            with participants.attempt(name):
                size = measurement.idle_bytes(argv, case, setting, connections)
                sizes[name].append(size)
    return participants.record(sizes, summarize_idle)
