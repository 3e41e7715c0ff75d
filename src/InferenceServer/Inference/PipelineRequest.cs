namespace LeNetServe.InferenceServer.Inference;

/// <summary>One of several requests that run together.</summary>
/// <param name="Caller">Who waits for it.</param>
/// <param name="Arrived">When it came, <see cref="System.Diagnostics.Stopwatch"/> ticks.</param>
internal readonly record struct PipelineRequest(Caller Caller, long Arrived);
