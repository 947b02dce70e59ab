#pragma once

/// Calls a macro for each of its arguments.

// Each level rescans four times: enough for 256 arguments.
#define AIOMAS_DETAIL_EXPAND(...)                                              \
  AIOMAS_DETAIL_EXPAND_3(AIOMAS_DETAIL_EXPAND_3(                               \
    AIOMAS_DETAIL_EXPAND_3(AIOMAS_DETAIL_EXPAND_3(__VA_ARGS__))))
#define AIOMAS_DETAIL_EXPAND_3(...)                                            \
  AIOMAS_DETAIL_EXPAND_2(AIOMAS_DETAIL_EXPAND_2(                               \
    AIOMAS_DETAIL_EXPAND_2(AIOMAS_DETAIL_EXPAND_2(__VA_ARGS__))))
#define AIOMAS_DETAIL_EXPAND_2(...)                                            \
  AIOMAS_DETAIL_EXPAND_1(AIOMAS_DETAIL_EXPAND_1(                               \
    AIOMAS_DETAIL_EXPAND_1(AIOMAS_DETAIL_EXPAND_1(__VA_ARGS__))))
#define AIOMAS_DETAIL_EXPAND_1(...) __VA_ARGS__

#define AIOMAS_DETAIL_PARENS ()

/// Expands to `Macro(T, a), Macro(T, b), …`.
#define AIOMAS_DETAIL_FOR_EACH(Macro, T, ...)                                  \
  __VA_OPT__(AIOMAS_DETAIL_EXPAND(AIOMAS_DETAIL_NEXT(Macro, T, __VA_ARGS__)))
#define AIOMAS_DETAIL_NEXT(Macro, T, X, ...)                                   \
  Macro(T, X) __VA_OPT__(                                                      \
    , AIOMAS_DETAIL_AGAIN AIOMAS_DETAIL_PARENS(Macro, T, __VA_ARGS__))
#define AIOMAS_DETAIL_AGAIN() AIOMAS_DETAIL_NEXT
