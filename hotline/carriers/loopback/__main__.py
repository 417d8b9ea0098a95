import argparse
import logging
from pathlib import Path

import uvicorn

from .app import make_app
from .config import Config


def main() -> None:
    """python -m hotline.carriers.loopback: runs the carrier until it is told to stop."""
    config = Config.from_environment()
    parser = argparse.ArgumentParser(prog="python -m hotline.carriers.loopback", description="The loopback carrier.")
    parser.add_argument("--host", default=config.host)
    parser.add_argument("--port", type=int, default=config.port)
    parser.add_argument("--state", type=Path, help="directory whose journal survives a restart")
    parser.add_argument("--speed", type=float, default=config.speed, help="people and prompts go this much faster")
    parser.add_argument("--open", action="store_true", help="let other machines use /loopback/ and /handset/")
    for name, value in vars(parser.parse_args()).items():
        setattr(config, name, value)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("loopback").info("carrier at %s, handset at %s/handset/", config.base_url, config.base_url)
    uvicorn.run(
        make_app(config),
        host=config.host,
        port=config.port,
        access_log=False,
        workers=1,  # else uvicorn takes WEB_CONCURRENCY, which is meant for the web
        log_level="warning",
        timeout_graceful_shutdown=2,
        backlog=4096,
    )


if __name__ == "__main__":
    main()
