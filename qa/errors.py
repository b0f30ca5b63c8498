"""The errors of questions, settings and models; they hang in the tree of ``index.errors``."""

from __future__ import annotations

from index.errors import DossierError, InputError, PairModelUnusable


class InvalidQuestion(InputError):
    """A question that is empty, too long or not text."""

    code = "invalid_question"
    hint = "Ask one question of at most DOSSIER_MAX_QUESTION_CHARS characters."


class InvalidSetting(InputError):
    """A setting that does not exist or whose value does not fit."""

    code = "invalid_setting"
    hint = ".env.example lists every setting with its meaning and default."


class EntailmentUnusable(PairModelUnusable):
    """An entailment model that cannot be found, loaded or run, or that is none."""

    code = "entailment_unusable"
    setting = "DOSSIER_ENTAILMENT"
    hint = (
        "DOSSIER_ENTAILMENT is a folder with model.onnx, tokenizer.json and config.json, or a name "
        "on the hub; empty, the rules alone check statements."
    )


class ModelError(DossierError):
    """The model endpoint did not give a usable reply."""

    code = "model_error"
    hint = (
        "Check DOSSIER_MODEL_BASE_URL, DOSSIER_MODEL_API_KEY and DOSSIER_MODEL, "
        "or use --answerer embedded."
    )


class ModelNotConfigured(ModelError):
    """The model answerer was asked for and no model is configured."""

    code = "model_not_configured"
    hint = (
        "Set DOSSIER_MODEL (and DOSSIER_MODEL_BASE_URL, DOSSIER_MODEL_API_KEY), "
        "or use --answerer embedded."
    )


class ModelUnauthorized(ModelError):
    """The endpoint refused the key."""

    code = "model_unauthorized"
    hint = "Check DOSSIER_MODEL_API_KEY."


class ModelUnreachable(ModelError):
    """The endpoint could not be reached."""

    code = "model_unreachable"
    hint = "Check that the endpoint runs and that DOSSIER_MODEL_BASE_URL is right."


class ModelBusy(ModelError):
    """The endpoint turned the call away for now: too many requests, or a quota that is used up."""

    code = "model_busy"
    hint = "Wait and try again, check the endpoint's limits, or use --answerer embedded."


class ModelTimeout(ModelError):
    """The endpoint did not answer within the deadline."""

    code = "model_timeout"
    hint = "Try again, or raise DOSSIER_MODEL_TIMEOUT."


class ModelRefused(ModelError):
    """The model declined to answer."""

    code = "model_refused"
    hint = "Rephrase the question, or use --answerer embedded."


class ModelIncomplete(ModelError):
    """The reply ended before it was whole: cut stream, length limit or nothing usable in it."""

    code = "model_incomplete"
    hint = "Try again, or raise DOSSIER_MODEL_MAX_TOKENS."


class FormRefused(ModelError):
    """The endpoint does not take the structured output that was asked for."""

    code = "form_refused"
    hint = "Set DOSSIER_MODEL_OUTPUT=plain, or auto."


class NotReplayable(InputError):
    """An answer cannot be put together from what was recorded with it."""

    code = "not_replayable"
    hint = "Replay it without --recorded, which asks the question again."
