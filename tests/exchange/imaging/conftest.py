"""The collected files, as the readers' tests find them."""

from tests.exchange.waveforms.conftest import collected as collected
