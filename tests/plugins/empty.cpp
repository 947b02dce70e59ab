// A shared library that has no agents.

int aiomas_test_plugin_without_agents = 0;
