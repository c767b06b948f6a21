"""The engines and the screens that every chapter stands on; knows no medical word."""
