"""What the house's own processes run in this chapter: the calendar opens each group's annual report."""

from yigongti.indicators.brief.reporting import open_annual_reports as open_annual_reports
