# The sources of the layers that know nothing of CAF: value, codec, framing,
# session, transport and the I/O threads. All other sources belong to the layers
# on top, which do. Patterns are relative to caf/aiomas.
set(AIOMAS_CORE_SOURCES
  errc.cpp
  outcome.cpp
  detail/debug.cpp
  warning.cpp

  # value
  date_time.cpp
  detail/convert_support.cpp
  detail/repair_utf8.cpp
  detail/type_name.cpp
  dict.cpp
  rendering.cpp
  value.cpp
  value_json.cpp

  # codec
  gathered_bytes.cpp
  codec.cpp
  codec/*.cpp
  serializable.cpp
  ndarray.cpp
  serializers.cpp

  # framing and session
  detail/io_clock.cpp
  detail/outbox.cpp
  detail/pending_calls.cpp
  detail/python_number.cpp
  framing.cpp
  metrics.cpp
  session.cpp
  session_codec.cpp
  session_deadlines.cpp
  session_limits.cpp

  # what clocks are made of
  clock_time.cpp
  detail/activity.cpp
  detail/alarm.cpp
  detail/link_census.cpp
  detail/random_name.cpp
  detail/simulated_time.cpp
  detail/timer_queue.cpp
  detail/timers.cpp

  # transport and I/O threads
  address.cpp
  agent_url.cpp
  detail/child*.cpp
  detail/connect_race.cpp
  detail/connection*.cpp
  detail/connector.cpp
  detail/descriptor_limit.cpp
  detail/event_line.cpp
  detail/io_loop*.cpp
  detail/ipc*.cpp
  detail/look_up.cpp
  detail/resolve.cpp
  detail/local*.cpp
  detail/server.cpp
  detail/tcp*.cpp
  detail/tls*.cpp
  detail/transport*.cpp
  ssl.cpp
)
