"""MessagingTest's client of MQTT, connected to a broker that is written by hand."""

from __future__ import annotations

import pytest

from tests.network.messaging import Messaging
from tests.network.mqtt_broker import Broker, Connection
from tests.support.adapters import ADAPTERS


def over_tls_too(*, slow: bool = False) -> pytest.MarkDecorator:
    """Run a test over TLS with each adapter as well, if it is slow then only in `./scons check`.

    For what TLS takes a share in: memory, what waits in queues, and objects that end within a callback.
    """
    marks = [pytest.mark.slow] if slow else []
    links = [pytest.param("0", id="plain"), *(pytest.param(name, marks=marks) for name in ADAPTERS)]
    return pytest.mark.parametrize("mqtt_adapter", links, indirect=True, scope="session")


def start(app: Messaging, broker: Broker, *options: str, user: str = "") -> None:
    """Have the client connect. Which certificates it trusts is tested elsewhere: here it takes any."""
    app.mark()
    app.do(f"mqtt connect url={broker.url(user)} name=tester verify=later " + " ".join(options))


def connect(app: Messaging, broker: Broker, *options: str, session: bool = False) -> Connection:
    """A connection that the broker accepted."""
    start(app, broker, *options)
    connection = broker.accept(session=session)
    app.next(r"^\[mqtt\] event type=2 code=0")
    return connection
