"""MessagingTest's client of MQTT, connected to a broker that is written by hand."""

from __future__ import annotations

from tests.network.messaging import Messaging
from tests.network.mqtt_broker import Broker, Connection


def start(app: Messaging, broker: Broker, *options: str, user: str = "") -> None:
    """Have the client connect."""
    app.mark()
    url = f"mqtt://{user}127.0.0.1:{broker.port}"
    app.do(f"mqtt connect url={url} name=tester " + " ".join(options))


def connect(app: Messaging, broker: Broker, *options: str, session: bool = False) -> Connection:
    """A connection that the broker accepted."""
    start(app, broker, *options)
    connection = broker.accept(session=session)
    app.next(r"^\[mqtt\] event type=2 code=0")
    return connection
