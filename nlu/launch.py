"""Starts Rasa for this project: `launch.py train`, `launch.py serve`.

Run with this folder's own Python. What differs from `rasa train` and `rasa run`:

- the JSON schema of action answers is compiled once, not for every answer (Rasa 3.6 builds a new
  validator each time, two thirds of a turn's cost);
- connections to the action endpoint are kept open;
- every path but `/` needs the shared token, the REST channel included (Rasa leaves it open);
- no telemetry, no message text in any log, and a model that does not load ends the process.
"""

import argparse
import hmac
import logging
import os
import sys
import time
import warnings
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DEFAULT_ACTIONS = "http://127.0.0.1:8080/actions/webhook"
DEFAULT_PORT = 5005
#: Said of every domain whose slots are set by actions, and of every pipeline whose tables and
#: synonyms are not Rasa's own components' business (ours are LookupExtractor's).
_USUAL_WARNINGS = (
    "Slot auto-fill has been removed",
    "You have defined training data",
    "You have defined synonyms",
)
#: Loggers of libraries that tell more than an operator can use.
_CHATTY = (
    "matplotlib", "apscheduler", "sanic.root", "sanic.access", "asyncio", "h5py", "tensorflow",
)  # fmt: skip
#: Never rendered: what people wrote, and what was made of it.
TEXT_KEYS = frozenset(
    {
        "text", "response_text", "user_text", "slot_values", "parse_data_text",
        "parse_data_entities", "parse_data_intent", "prediction_events",
        "tracker_latest_message", "prefilled_slots", "message", "response", "slot_candidates",
        "rasa_event", "rasa_events", "tracker_states", "current_states", "old_states",
        "successes", "current_entity", "next_entity", "states", "entity", "token_text",
        "user_message", "json_message",
    }
)  # fmt: skip


def main(arguments: "list[str] | None" = None) -> int:
    """Train or serve; the exit code."""
    options = _parser().parse_args(arguments)
    _environment(options)
    return _train(options) if options.command == "train" else _serve(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    train = commands.add_parser("train", help="train a model from domain, rules and examples")
    train.add_argument("--model", type=Path, required=True, help="file to write, *.tar.gz")
    train.add_argument(
        "--data", type=Path, nargs="*", default=[], help="generated data, beside data/"
    )
    train.add_argument("--domain", type=Path, default=HERE.parent / "domain")
    serve = commands.add_parser("serve", help="answer messages with a trained model")
    serve.add_argument("--model", type=Path, required=True, help="the trained model, *.tar.gz")
    serve.add_argument("--interface", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=DEFAULT_PORT)
    serve.add_argument(
        "--conversations",
        default=os.environ.get("ANLAUFSTELLE_REDIS_URL")
        or f"sqlite:///{_data_dir() / 'rasa' / 'conversations.sqlite3'}",
        help="sqlite:///… or redis://…; default: ANLAUFSTELLE_REDIS_URL, else in the data folder",
    )
    return parser


def _data_dir() -> Path:
    return Path(os.environ.get("ANLAUFSTELLE_DATA_DIR") or HERE.parent / "var").resolve()


def _environment(options: argparse.Namespace) -> None:
    """Before anything of Rasa is imported: it reads some of this at import."""
    warnings.simplefilter("ignore")  # of deprecations in Rasa's own libraries
    sys.path.insert(0, str(HERE))
    os.environ.update(
        RASA_TELEMETRY_ENABLED="false",
        TF_CPP_MIN_LOG_LEVEL="3",
        CUDA_VISIBLE_DEVICES="-1",
        SQLALCHEMY_SILENCE_UBER_WARNING="1",
        LOG_LEVEL_MATPLOTLIB="ERROR",
        RASA_CACHE_DIRECTORY=str(_data_dir() / "rasa" / "cache"),
        RASA_MAX_CACHE_SIZE="200",
        LOG_LEVEL="WARNING",  # no progress bars: each of their steps would be a line in a log
    )
    os.environ.setdefault("ANLAUFSTELLE_ACTIONS_URL", DEFAULT_ACTIONS)
    os.environ.setdefault("ANLAUFSTELLE_RASA_TOKEN", "")
    kept = getattr(options, "conversations", "")
    os.environ["ANLAUFSTELLE_CONVERSATIONS_URL"] = kept
    locks = "QuickLocks" if kept.startswith("sqlite:") else "QuickRedisLocks"
    os.environ["ANLAUFSTELLE_LOCK_STORE"] = f"components.conversations.{locks}"


def _quiet(level: int = logging.WARNING) -> None:
    """Warnings and errors as one line each, without anybody's words."""
    import structlog

    warnings.simplefilter("ignore")
    logging.basicConfig(
        format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr, level=level
    )
    logging.getLogger().setLevel(level)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            _without_words,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["event"]),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=True,
    )


def _without_words(_: Any, __: str, event: "dict[str, Any]") -> "dict[str, Any]":
    return {key: value for key, value in event.items() if key not in TEXT_KEYS}


def compile_answer_schema() -> None:
    """Check the answers of actions against one validator, made here."""
    from jsonschema.exceptions import best_match
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    validator = kind(schema)

    def check(self: RemoteAction, result: "dict[str, Any]") -> bool:
        problem = best_match(validator.iter_errors(result))
        if problem is not None:
            problem.message += f". Action {self.name()} gave an answer of the wrong shape."
            raise problem
        return True

    RemoteAction._validate_action_result = check


def keep_connections() -> None:
    """One HTTP session for all calls of an endpoint; Rasa opens a new one for each."""
    from contextlib import asynccontextmanager

    from rasa.utils.endpoints import EndpointConfig

    opened = EndpointConfig.session

    @asynccontextmanager
    async def session(self: EndpointConfig) -> Any:
        kept = getattr(self, "_kept_session", None)
        if kept is None or kept.closed:
            kept = self._kept_session = opened(self)
        yield kept

    EndpointConfig.session = session


def _train(options: argparse.Namespace) -> int:
    started = time.monotonic()
    _say("Reading domain, rules and examples …")
    from rasa.model_training import train
    from rasa.shared.utils import cli as rasa_cli
    from rasa.shared.utils import io as rasa_io

    _quiet()
    _show_steps()
    read_examples_once()
    pack_quickly()
    rasa_io.raise_warning = _shown_warning
    rasa_cli.print_success = _say
    target: Path = options.model.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    unfinished.mkdir()
    try:
        result = train(
            domain=str(options.domain),
            config=str(HERE / "config.yml"),
            training_files=[str(HERE / "data"), *map(str, options.data)],
            output=str(unfinished),
            fixed_model_name="model",
        )
        if result.code or not result.model:
            _say("The model could not be trained.", sys.stderr)
            return 1
        os.replace(result.model, target)
    finally:
        for left in unfinished.iterdir():
            left.unlink()
        unfinished.rmdir()
    _say(f"Model ready after {time.monotonic() - started:.0f} s: {target}")
    return 0


def read_examples_once() -> None:
    """Rasa 3.6 reads and merges all examples three times on its way to a model."""
    from rasa.shared.importers.importer import E2EImporter
    from rasa.shared.importers.rasa import utils

    from_files = utils.training_data_from_paths
    files_once = lru_cache(maxsize=1)(lambda paths: from_files(list(paths), "en"))
    utils.training_data_from_paths = lambda paths, _: files_once(tuple(sorted(paths)))
    whole = E2EImporter.get_nlu_data
    whole_once = lru_cache(maxsize=1)(whole)
    E2EImporter.get_nlu_data = lambda self, language="en": whole_once(self)


def pack_quickly() -> None:
    """Rasa presses the model as hard as gzip can: ten times as long for a tenth less."""
    from rasa.engine.storage import local_model_storage

    class Quick(local_model_storage.TarSafe):
        @classmethod
        def gzopen(cls, *given: Any, **options: Any) -> Any:
            return super().gzopen(*given, **{**options, "compresslevel": 1})

    local_model_storage.TarSafe = Quick


def _say(line: str, stream: Any = None) -> None:
    stream = stream or sys.stdout
    stream.write(line + "\n")
    stream.flush()


def _shown_warning(message: str, *_: Any, **__: Any) -> None:
    if not message.startswith(_USUAL_WARNINGS):
        _say(f"Warning: {message}", sys.stderr)


def _show_steps() -> None:
    """Rasa announces each step to a logger; print the announcement."""

    class Steps(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            _say(f"  {record.getMessage()}")

    steps = logging.getLogger("rasa.engine.training.hooks")
    steps.setLevel(logging.INFO)
    steps.propagate = False
    steps.addHandler(Steps())


def _serve(options: argparse.Namespace) -> int:
    if not options.model.is_file():
        _say(f"No model at {options.model}: train one first.", sys.stderr)
        return 2
    from rasa.core import run
    from rasa.core.utils import AvailableEndpoints

    _quiet()
    compile_answer_schema()
    keep_connections()
    endpoints = AvailableEndpoints.read_endpoints(str(HERE / "endpoints.yml"))
    token = os.environ["ANLAUFSTELLE_RASA_TOKEN"] or None
    app = run.configure_app(
        run.create_http_input_channels(None, str(HERE / "credentials.yml")),
        auth_token=token,
        endpoints=endpoints,
        port=options.port,
    )
    if token:
        app.register_middleware(partial(_guard, token), "request")
    model = str(options.model.resolve())
    app.register_listener(
        partial(run.load_agent_on_start, model, endpoints, None), "before_server_start"
    )
    app.register_listener(_insist_on_agent, "before_server_start")
    app.register_listener(run.close_resources, "after_server_stop")
    app.run(host=options.interface, port=options.port, access_log=False, motd=False)
    return 0


def _guard(token: str, request: Any) -> Any:
    """Refuse whoever does not know the shared token; `/` only says that somebody is there."""
    from sanic import response

    given = request.args.get("token", "")
    if request.path == "/" or hmac.compare_digest(given.encode(), token.encode()):
        return None
    return response.json({"error": "token"}, status=401)


async def _insist_on_agent(app: Any, _: Any) -> None:
    """Rasa would serve without a model, or with conversations in memory only."""
    from components.conversations import ConversationStore

    store = app.ctx.agent.tracker_store._tracker_store
    if not app.ctx.agent.is_ready() or not isinstance(store, ConversationStore):
        logging.getLogger(__name__).critical("The model or the conversations cannot be opened.")
        os._exit(3)


if __name__ == "__main__":
    sys.exit(main())
