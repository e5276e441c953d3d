"""What commands and buttons do: one function each, on a plan folder and its store."""

from sop_xl.actions.backtesting import Backtested, backtest
from sop_xl.actions.batching import BatchRow, batch, find_plans
from sop_xl.actions.book import FileBook, PlanBook
from sop_xl.actions.buttons import BUTTONS, Button, button
from sop_xl.actions.collecting import Collected, collect
from sop_xl.actions.example import demo
from sop_xl.actions.issuing import Generated, generate
from sop_xl.actions.loading import Loading, check, load
from sop_xl.actions.looking import diff, status
from sop_xl.actions.plans import OpenPlan, Progress, init, login, open_plan, plan_folder_of
from sop_xl.actions.pressing import Report, perform
from sop_xl.actions.running import Run, run
from sop_xl.actions.session import Press

__all__ = [
    "BUTTONS", "Backtested", "BatchRow", "Button", "Collected", "FileBook", "Generated", "Loading",
    "OpenPlan", "PlanBook", "Press", "Progress", "Report", "Run",
    "backtest", "batch", "button", "check", "collect", "demo", "diff", "find_plans", "generate",
    "init", "load", "login", "open_plan", "perform", "plan_folder_of", "run", "status",
]
