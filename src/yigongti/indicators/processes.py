"""What the house's own processes run in this chapter: the calendar opens each group's annual report, and a command says
what a refresh has brought."""

from yigongti.indicators.brief.reporting import open_annual_reports as open_annual_reports
from yigongti.indicators.computed import Computed as Computed
from yigongti.indicators.computed import computed_from as computed_from
