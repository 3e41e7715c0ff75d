namespace LeNetServe.InferenceServer.Access;

/// <summary>The end of a value whose files cannot be read anymore.</summary>
/// <param name="Value">The value that takes its place.</param>
/// <param name="After">The time for which the old value remains in use.</param>
internal sealed record Expiry<T>(T Value, TimeSpan After);
