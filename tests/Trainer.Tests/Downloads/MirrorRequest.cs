namespace LeNetServe.Trainer.Tests.Downloads;

/// <summary>A request that a <see cref="TestMirror"/> received.</summary>
/// <param name="Target">The path, or the absolute address if the mirror was asked as a proxy.</param>
/// <param name="From">The first byte of the Range header, 0 without a header.</param>
internal sealed record MirrorRequest(string Target, int From);
