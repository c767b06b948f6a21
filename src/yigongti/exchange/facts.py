"""What others may ask of the exchange: how complete what came is, by sender, fact and month."""

from yigongti.kernel.measures.arriving import arrivals as arrivals
