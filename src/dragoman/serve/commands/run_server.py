"""`dragoman serve`: the API and the page, in one process or several."""

import click
import uvicorn
from fastapi import FastAPI

from dragoman.guide import open_guide
from dragoman.serve.http import create_app
from dragoman.settings import Configured, configure, export


@click.command("serve")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option("--workers", type=int, help="HTTP worker processes.")
@click.pass_obj
def serve(configured: Configured, host: str | None, port: int | None, workers: int | None) -> None:
    """Serve the HTTP API at /v1, its documentation at /docs, and the storefront page at /."""
    given = {"host": host, "port": port, "workers": workers}
    export(configured.settings)
    settings = configure(flags=given).settings
    export(settings)
    address = f"http://{settings.host}:{settings.port}/"
    if settings.workers <= 1:
        app = create_app(open_guide(settings), settings)
        click.echo(f"serving {address}", err=True)
        uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning")
        return
    # This process owns the index folder and answers the workers; they reach it by its socket.
    owner = open_guide(settings)
    click.echo(f"serving {address} with {settings.workers} workers", err=True)
    try:
        uvicorn.run(
            "dragoman.serve.commands.run_server:app_of_worker",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.workers,
            log_level="warning",
        )
    finally:
        owner.close()


def app_of_worker() -> FastAPI:
    """Build the application in a worker process, from the settings that the parent exported."""
    settings = configure().settings
    return create_app(open_guide(settings), settings)
