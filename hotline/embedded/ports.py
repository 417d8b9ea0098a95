import socket

from hotline.embedded.trouble import Trouble


def require_free(host: str, port: int, setting: str) -> None:
    """Trouble if another program listens there; says how to choose another port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Trouble(
                f"Port {port} is taken by another program ({error.strerror}): "
                f"end it, or choose another port, for example `make start {setting}={free_port(host)}`."
            ) from error


def free_port(host: str = "127.0.0.1") -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return probe.getsockname()[1]
