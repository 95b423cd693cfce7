"""The command line ``kedai``. Each command loads what it needs when it runs, so that help appears at once."""

# ruff: noqa: PLC0415 - imports stand in the commands so that each loads only its own part of kedai

from __future__ import annotations

import gc
import os
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

LOADED_OBJECTS: Final = 100_000
"""How many new objects the interpreter lets come before it looks for garbage."""

app = typer.Typer(
    name="kedai",
    help="kedai 科贷: loan products for sci-tech enterprises, decided, guaranteed, priced and drafted.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
migrate = typer.Typer(help="The database's schema.", no_args_is_help=True)
app.add_typer(migrate, name="migrate")
plugin = typer.Typer(help="Write and check product plugins.", no_args_is_help=True)
app.add_typer(plugin, name="plugin")


class _Later(TyperGroup):
    """A group of commands whose module is imported when one of them is asked for."""

    module = ""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names."""
        return list(self._commands().list_commands(ctx))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """One of them."""
        return self._commands().get_command(ctx, cmd_name)

    def _commands(self) -> Any:  # a group of Typer's own, whose class differs between its releases
        return get_command(import_module(f"api.cli.{self.module}").app)


class _Revision(_Later):
    module = "revising"


class _Trial(_Later):
    module = "trialling"


class _Shadow(_Later):
    module = "shadowing"


class _Headroom(_Later):
    module = "reserving"


class _Templates(_Later):
    module = "templating"


class _Contract(_Later):
    module = "contracting"

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """What is no command of the group is the decision to draft contracts of."""
        if args and args[0] not in ctx.help_option_names and args[0] not in self.list_commands(ctx):
            args = ["draft", *args]
        return list(super().parse_args(ctx, args))


class _Shown(TyperGroup):
    """Commands of which ``show`` is meant where none is named."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put ``show`` before arguments that name no command."""
        named = bool(args) and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return list(super().parse_args(ctx, args if named else ["show", *args]))


programmes = typer.Typer(cls=_Shown, help="Guarantee programmes: list them, describe one, check a rule book.")
app.add_typer(programmes, name="programmes")
revision = typer.Typer(
    cls=_Revision, help="Revisions of products: draft, review, publish, withdraw.", no_args_is_help=True
)
app.add_typer(revision, name="revision")
trial = typer.Typer(cls=_Trial, help="Trials of a challenger on a share of live applicants.", no_args_is_help=True)
app.add_typer(trial, name="trial")
shadow = typer.Typer(
    cls=_Shadow, help="Candidates beside live decisions, without effect on them.", no_args_is_help=True
)
app.add_typer(shadow, name="shadow")
headroom = typer.Typer(
    cls=_Headroom, help="Guarantee headroom: what is left, reserve, draw, release.", no_args_is_help=True
)
app.add_typer(headroom, name="headroom")
texts = typer.Typer(cls=_Templates, help="Contract texts: list, preview, review, withdraw.", no_args_is_help=True)
app.add_typer(texts, name="templates")
contract = typer.Typer(
    cls=_Contract,
    help="Contract sets: kedai contract DECISION drafts one; verify, attach papers, check what came back.",
    no_args_is_help=True,
)
app.add_typer(contract, name="contract")

File = Annotated[Path, typer.Argument(help="Application as JSON; - reads it from standard input.")]
On = Annotated[str | None, typer.Option(help="Decide as of this day, YYYY-MM-DD; today at the bank if left out.")]
Data = Annotated[Path, typer.Argument(help="Table of rows with outcomes, .csv or .parquet.")]
Target = Annotated[str, typer.Option(help="Column with the outcomes: 1 default, 0 paid.")]
Artefact = Annotated[Path, typer.Argument(help="Score artefact (JSON).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else on standard output.")]


@app.command()
def demo() -> None:
    """Decide the example applications and a small generated population, and draft the contracts of the approved."""
    from api.cli import demonstration

    demonstration.run()


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Server processes.", min=1, max=64)] = 1,
    access_log: Annotated[bool, typer.Option("--access-log", help="Write a line for every request.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Stop at a plugin that cannot be loaded.")] = False,
) -> None:
    """Serve the HTTP interface under /v1; /openapi.json describes it."""
    from api.cli import serving

    serving.run(host=host, port=port, workers=workers, access_log=access_log, strict=strict)


@app.command()
def decide(file: File, on: On = None, as_json: AsJson = False) -> None:
    """Decide one application, store the decision and show it. Exit 0 whatever the outcome, 2 for bad input."""
    from api.cli import deciding

    deciding.decide(file, on=on, as_json=as_json)


@app.command()
def offers(file: File, on: On = None, as_json: AsJson = False) -> None:
    """Compare all products for one applicant, best first; nothing is stored."""
    from api.cli import comparing

    comparing.offers(file, on=on, as_json=as_json)


@app.command("compare-programmes")
def compare_programmes(
    file: Annotated[Path, typer.Argument(help="Application or loan as JSON; - reads it from standard input.")],
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Compare the guarantee programmes: an application under those that decide, a loan under all rule books."""
    from api.cli import choosing

    choosing.compare_programmes(file, on=on, as_json=as_json)


@app.command()
def price(
    file: Annotated[
        Path | None, typer.Argument(help="Application or terms as JSON; - reads standard input. Options if left out.")
    ] = None,
    product: Annotated[str | None, typer.Option(help="Product whose costs, target and bounds apply.")] = None,
    revision: Annotated[str | None, typer.Option(help="A revision of the product.")] = None,
    amount: Annotated[str | None, typer.Option(help="Yuan.")] = None,
    term: Annotated[str | None, typer.Option(help="Months.")] = None,
    repayment: Annotated[
        str | None,
        typer.Option(help="level_payment, equal_principal, interest_monthly_principal_at_maturity or bullet."),
    ] = None,
    default_probability: Annotated[str | None, typer.Option(help="Within a year, as 0.02.")] = None,
    loan_rate: Annotated[str | None, typer.Option(help="Look at this annual rate instead of the required one.")] = None,
    bank_share: Annotated[str | None, typer.Option(help="Of a loss; the product's if left out.")] = None,
    loss_given_default: Annotated[str | None, typer.Option(help="The product's if left out.")] = None,
    fee_rate: Annotated[str | None, typer.Option(help="Guarantee fee a year, in advance on the balance.")] = None,
    subsidy_rate: Annotated[str | None, typer.Option(help="Interest subsidy a year on the balance.")] = None,
    subsidy_months: Annotated[str | None, typer.Option(help="How long; the whole term if left out.")] = None,
    enterprise_size: Annotated[str | None, typer.Option(help="large, medium, small or micro.")] = None,
    revenue: Annotated[str | None, typer.Option(help="Yuan of the last year, for internal ratings.")] = None,
    other_exposure: Annotated[str | None, typer.Option(help="Yuan already lent to the client.")] = None,
    drawn_on: Annotated[str | None, typer.Option(help="YYYY-MM-DD; the day of pricing if left out.")] = None,
    day_count: Annotated[
        str | None, typer.Option(help="months_360, 30/360, 30E/360, act/360, act/365 or act/act.")
    ] = None,
    due_day: Annotated[str | None, typer.Option(help="Day of the month; that of drawdown if left out.")] = None,
    every_months: Annotated[str | None, typer.Option(help="Months between payments.")] = None,
    rolling: Annotated[
        str | None, typer.Option(help="unadjusted, following, modified_following or preceding, on closed days.")
    ] = None,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Price an application, or terms given as a file or as options: components, annual rates, schedule, sensitivity."""
    given = dict(locals())
    from api.cli import pricing

    given["term_months"] = given.pop("term")
    for name in ("file", "on", "as_json"):
        del given[name]
    pricing.price(file, given, on=on, as_json=as_json)


@app.command()
def products(
    slug: Annotated[
        str | None,
        typer.Argument(help="One product in full; compare for all side by side; all in short if left out."),
    ] = None,
    revision: Annotated[str | None, typer.Option(help="A revision of the product.")] = None,
    tier: Annotated[
        str | None,
        typer.Option("--class", help="With compare: tier_1 (if left out), tier_2, tier_3, untitled."),
    ] = None,
    on: On = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail at a plugin that cannot be loaded.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the products with their revisions, and plugins that could not be loaded; describe one; or compare all."""
    from api.cli import cataloguing

    if slug == "compare":
        cataloguing.compare(tier or "tier_1", on=on, strict=strict, as_json=as_json)
        return
    cataloguing.products(slug, revision=revision, on=on, strict=strict, as_json=as_json)


@programmes.command("show")
def programmes_show(
    slug: Annotated[str | None, typer.Argument(help="One programme in full; all in short if left out.")] = None,
    unverified: Annotated[
        bool, typer.Option("--unverified", help="List every value that rests on no text that was read.")
    ] = False,
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """List the guarantee programmes; or describe one with the values in force. The word show may be left out."""
    from api.cli import cataloguing

    cataloguing.programmes(slug, unverified=unverified, on=on, as_json=as_json)


@programmes.command("check")
def programmes_check(
    file: Annotated[Path, typer.Argument(help="Rule book (YAML), of either form.")], as_json: AsJson = False
) -> None:
    """Say what is wrong with a rule book, where, and how to mend it. Exit 2 if anything is."""
    from api.cli import cataloguing

    cataloguing.check(file, as_json=as_json)


@app.command()
def portfolio(
    loans: Annotated[
        Path | None, typer.Argument(help="Loans as Parquet; the stored approvals of the organisation if left out.")
    ] = None,
    programme: Annotated[
        str | None, typer.Option(help="The programme whose limits count; each one's own if left out.")
    ] = None,
    losses: Annotated[
        Path | None, typer.Option(help="Loans released in the period, with days and compensation, as Parquet.")
    ] = None,
    product: Annotated[str | None, typer.Option(help="Only decisions on this product.")] = None,
    decided_from: Annotated[str | None, typer.Option("--from", help="Only decisions from this day on.")] = None,
    decided_to: Annotated[str | None, typer.Option("--to", help="Only decisions up to this day.")] = None,
    on: Annotated[str | None, typer.Option(help="The day whose limits count; today at the bank if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Measure a portfolio: average fee, small-business shares, loss rate, exposures. Exit 1 at a broken limit."""
    from api.cli import weighing

    options = weighing.PortfolioOptions(
        loans=loans,
        losses=losses,
        programme=programme,
        product=product,
        decided_from=decided_from,
        decided_to=decided_to,
        on=on,
    )
    weighing.portfolio(options, as_json=as_json)


@app.command()
def tariff(
    product: Annotated[str | None, typer.Argument(help="The product whose fees are to be laid down.")] = None,
    revision: Annotated[str | None, typer.Option(help="A revision of the product.")] = None,
    cells: Annotated[
        Path | None, typer.Option(help="Solve for the cells in this JSON file instead of a product's.")
    ] = None,
    applications: Annotated[int, typer.Option(help="Generated applications to decide.", min=1)] = 10_000,
    seed: Annotated[int, typer.Option(help="Seed of the generated applications.", min=0)] = 1,
    file: Annotated[Path | None, typer.Option(help="Parquet or Arrow file of applications to decide instead.")] = None,
    stored: Annotated[bool, typer.Option("--stored", help="Decide the stored applications instead.")] = False,
    operating: Annotated[str, typer.Option(help="Operating cost of a year, as a fraction of the volume.")] = "0",
    target: Annotated[str | None, typer.Option(help="Highest average fee; the programme's target if left out.")] = None,
    highest: Annotated[
        str | None, typer.Option(help="Highest fee of a cell; the ceilings of product and programme if left out.")
    ] = None,
    lowest: Annotated[str, typer.Option(help="Lowest fee of a cell.")] = "0",
    on: On = None,
    as_json: AsJson = False,
) -> None:
    """Solve the fee tariff that covers most while its average keeps to the target. Exit 1 if there is none."""
    from api.cli import tariffing
    from api.cli.failures import BAD_INPUT, fail

    if (product is None) == (cells is None):
        fail(BAD_INPUT, "Name a product, or a file of cells with --cells; one of the two.")
    if cells is not None:
        tariffing.of_cells(cells, as_json=as_json)
    if product is not None:
        options = tariffing.TariffOptions(
            product=product,
            revision=revision,
            on=on,
            applications=applications,
            seed=seed,
            file=file,
            stored=stored,
            operating=operating,
            target=target,
            highest=highest,
            lowest=lowest,
        )
        tariffing.of_product(options, as_json=as_json)


@app.command()
def train(
    data: Data,
    target: Target,
    features: Annotated[
        Path | None,
        typer.Option(
            help="Features with their signs (YAML), or a product whose package brings some; drafted if left out."
        ),
    ] = None,
    date: Annotated[
        str | None, typer.Option(help="Column with the day of decision; the test is then the latest quarter.")
    ] = None,
    weight: Annotated[str | None, typer.Option(help="Column with the weight of each row.")] = None,
    group: Annotated[list[str] | None, typer.Option(help="Column whose groups the fairness report compares.")] = None,
    name: Annotated[str, typer.Option(help="Name of the model.")] = "bank-model-1",
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 1,
    threads: Annotated[
        int | None,
        typer.Option(help="Threads for learning; all cores if left out. Any number gives the same bytes.", min=1),
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder for the score and its model card.")] = Path("out/model"),
) -> None:
    """Train a scorecard on a bank's own table of outcomes, and write it with its model card."""
    from api.cli import modelling

    options = modelling.TrainingOptions(
        target=target,
        features=features,
        decided_on=date,
        weight=weight,
        groups=tuple(group or ()),
        name=name,
        seed=seed,
        threads=threads or os.cpu_count() or 1,
        out=out,
    )
    modelling.run(data, options)


@app.command()
def score(
    artefact: Artefact,
    data: Annotated[Path, typer.Argument(help="Table of firms, .csv or .parquet.")],
    row: Annotated[int | None, typer.Option(help="Show this row alone: reasons and ways to the next band.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the table with its results, .csv or .parquet.")] = None,
    calibration: Annotated[Path | None, typer.Option(help="Calibration to lay over the score.")] = None,
    points_table: Annotated[
        Path | None, typer.Option(help="Innovation-points table (YAML) to compute points that the data lack.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the row as JSON.")] = False,
) -> None:
    """Score the firms of a table: points, band, default probability, grade and reasons."""
    from api.cli import scoring_firms

    scoring_firms.score(
        artefact, data, row=row, out=out, calibration=calibration, points_table=points_table, as_json=as_json
    )


@app.command()
def evaluate(artefact: Artefact, data: Data, target: Target, as_json: AsJson = False) -> None:
    """Measure a scorecard on rows with known outcomes."""
    from api.cli import measuring

    measuring.evaluate(artefact, data, target=target, as_json=as_json)


@app.command()
def compare(
    champion: Artefact,
    challenger: Annotated[Path, typer.Argument(help="The score artefact that wants its place.")],
    data: Data,
    target: Target,
    seed: Annotated[int, typer.Option(help="Seed of the bootstrap.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Compare two scorecards on the same rows, with intervals and a paired test."""
    from api.cli import measuring

    measuring.compare(champion, challenger, data, target=target, seed=seed, as_json=as_json)


@app.command()
def monitor(
    artefact: Artefact,
    data: Data,
    target: Annotated[str | None, typer.Option(help="Column with the outcomes, where they are known.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say how far a recent population has moved from the training data. Exit 1 at an alert."""
    from api.cli import measuring

    measuring.monitor(artefact, data, target=target, as_json=as_json)


@app.command()
def calibrate(
    artefact: Artefact,
    data: Data,
    target: Target,
    as_of: Annotated[str, typer.Option(help="The day the portfolio stands for, YYYY-MM-DD.")],
    label: Annotated[str, typer.Option(help="What the portfolio is called.")] = "recent portfolio",
    slope: Annotated[bool, typer.Option("--slope", help="Fit the slope as well as the intercept.")] = False,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("out/model/calibration.json"),
) -> None:
    """Anchor the default probability to a recent portfolio, without touching score, bands or reasons."""
    from api.cli import measuring
    from api.cli.inputs import day

    measuring.calibrate(
        artefact, data, target=target, as_of=day(as_of, option="--as-of"), label=label, fit_slope=slope, out=out
    )


@app.command()
def backtest(
    file: Annotated[Path, typer.Argument(help="Applications with realised outcomes: .parquet, .arrow or .csv.")],
    product: Annotated[str, typer.Option(help="The product that decides.")],
    champion: Annotated[
        str | None, typer.Option(help="Revision that is the champion, by slug or id; the product's own terms if not.")
    ] = None,
    revision: Annotated[
        list[str] | None, typer.Option(help="Challenger: a revision, by slug or id, whatever its state.")
    ] = None,
    tariff: Annotated[list[Path] | None, typer.Option(help="Challenger: a fee tariff as JSON.")] = None,
    scorecard: Annotated[list[Path] | None, typer.Option(help="Challenger: a score artefact.")] = None,
    terms_of: Annotated[str | None, typer.Option(help="Day whose terms apply, YYYY-MM-DD; today if left out.")] = None,
    on: On = None,
    until: Annotated[
        str | None, typer.Option(help="Last day on which outcomes were observed, YYYY-MM-DD; today if left out.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for backtest.json and backtest.html; JSON is printed if not given.")
    ] = None,
) -> None:
    """Say what past applications with realised outcomes would have become under a champion and its challengers."""
    from api.cli import backtesting

    contest = backtesting.Contest(
        product=product,
        champion=champion,
        revisions=tuple(revision or ()),
        tariffs=tuple(tariff or ()),
        scorecards=tuple(scorecard or ()),
    )
    days = backtesting.Days(terms_of=terms_of, on=on, until=until)
    backtesting.run(file, contest, days, out=out)


@plugin.command("new")
def plugin_new(
    name: Annotated[str, typer.Argument(help="Slug of the product and name of its package, such as spring-loan.")],
    into: Annotated[Path, typer.Option(help="Folder in which the package's own folder is made.")] = Path(),
    zh: Annotated[str | None, typer.Option(help="Chinese name of the product.")] = None,
    en: Annotated[str | None, typer.Option(help="English name of the product.")] = None,
) -> None:
    """Write an installable package with a product, its book of values, tests and an example application."""
    from api.cli import plugging

    plugging.new(name, into=into, zh=zh, en=en)


@plugin.command("check")
def plugin_check(
    name: Annotated[str | None, typer.Argument(help="Installed package or plugin; all if left out.")] = None,
    as_json: AsJson = False,
) -> None:
    """Run the conformance kit. Exit 1 if something does not conform or would not be served."""
    from api.cli import plugging

    plugging.check_installed(name, as_json=as_json)


By = Annotated[str, typer.Option("--by", help="The person who acts; it is kept for good.")]
Note = Annotated[str, typer.Option(help="What there is to say.")]


@plugin.command("list")
def plugin_list(as_json: AsJson = False) -> None:
    """List the installed packages: what they bring, whether they are admitted, what is wrong and what to do."""
    from api.cli import admitting

    admitting.show_list(as_json=as_json)


@plugin.command("admit")
def plugin_admit(
    by: By,
    packages: Annotated[list[str] | None, typer.Argument(help="The packages admitted from now on; no others.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Admit all that the deployment admits.")] = False,
    nothing: Annotated[bool, typer.Option("--none", help="Admit none.")] = False,
    note: Note = "",
) -> None:
    """Say which packages the organisation offers products of."""
    from api.cli import admitting

    admitting.admit(packages or [], everything=everything, nothing=nothing, actor=by, note=note)


@plugin.command("form")
def plugin_form(product: Annotated[str, typer.Argument(help="The product to be configured.")]) -> None:
    """Print the form of a product's configuration: what the organisation may set without a revision."""
    from api.cli import admitting

    admitting.show_form(product)


@plugin.command("configure")
def plugin_configure(
    product: Annotated[str, typer.Argument(help="The product to be configured.")],
    file: Annotated[Path, typer.Argument(help="Values by parameter as JSON; - reads them from standard input.")],
    by: By,
    note: Note = "",
) -> None:
    """Set the organisation's values of a product from today on."""
    from api.cli import admitting

    admitting.configure(product, file, actor=by, note=note)


@plugin.command("faults")
def plugin_faults(as_json: AsJson = False) -> None:
    """Print when plugins gave no usable answer, newest first."""
    from api.cli import admitting

    admitting.faults(as_json=as_json)


@migrate.command()
def up() -> None:
    """Bring the database to the newest migration."""
    from api.cli import migrating

    migrating.up()


@migrate.command()
def down(
    revision: Annotated[str, typer.Argument(help="Migration to go back to; base drops every table.")],
    yes: Annotated[bool, typer.Option("--yes", help="Really drop what the later migrations made.")] = False,
) -> None:
    """Take migrations back. What they made is lost, stored decisions too."""
    from api.cli import migrating

    migrating.down(revision, yes=yes)


@migrate.command()
def current() -> None:
    """Say at which migration the database stands, and which one this version needs."""
    from api.cli import migrating

    migrating.current()


def main() -> None:
    """Entry point of the command ``kedai``."""
    # Loading makes a hundred thousand objects that stay; looking through them again and again for garbage costs a
    # seventh of a short command's time.
    gc.set_threshold(LOADED_OBJECTS)
    app()
