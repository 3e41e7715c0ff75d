namespace LeNetServe.InferenceServer.Pipeline;

/// <summary>Who waits for the answer, and for how long.</summary>
/// <param name="Deadline">When the answer becomes worthless, UTC; <see cref="DateTime.MaxValue"/>: never.</param>
/// <param name="Gone">Cancelled when the caller goes away.</param>
/// <param name="Patient">The caller has its own back-pressure (a stream): it waits where the queue is full instead of being refused.</param>
internal readonly record struct Caller(DateTime Deadline, CancellationToken Gone, bool Patient = false);
