"""The demo: a simulated portal and a sample district, so that alertd can be seen at work before it is installed."""
