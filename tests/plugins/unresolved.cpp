// A plug-in that needs what is nowhere.

int aiomas_test_function_that_is_nowhere();

int aiomas_test_plugin_result = aiomas_test_function_that_is_nowhere();
