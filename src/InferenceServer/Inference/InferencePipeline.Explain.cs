using LeNetServe.Imaging;
using LeNetServe.InferenceServer.Configuration;
using LeNetServe.InferenceServer.Models;
using LeNetServe.Runtime.Errors;
using LeNetServe.Runtime.Explaining;
using Stopwatch = System.Diagnostics.Stopwatch;

namespace LeNetServe.InferenceServer.Inference;

internal sealed partial class InferencePipeline
{
    /// <summary>The images that the model runs in the time of an explanation by gradient, with the transport of its values.</summary>
    private const int ImagesOfExplanation = 5;

    /// <summary>
    /// Runs one image and explains its answer. Takes a slot unless it is quick, and is counted as a request of one image.
    /// </summary>
    /// <param name="version">A version that the caller leases until this completes.</param>
    /// <param name="input">One image: pixels or encoded.</param>
    /// <param name="wanted">The parts of the explanation.</param>
    /// <param name="caller">Deadline and cancellation.</param>
    /// <inheritdoc cref="RunAsync" path="/exception"/>
    public async Task<Explanation> ExplainAsync(ServedVersion version, InferenceInput input, ExplanationParts wanted, Caller caller)
    {
        var clock = new RunClock(version.Metrics);
        try
        {
            RequireExplainable(version, wanted);
            RequireSize(version, input, 1);
            var pixels = new byte[version.Facts.Input.Count];
            var row = new float[version.Facts.RowLength];
            Explanation explanation;
            var promised = input.Kind == InputKind.Encoded ? PictureSize.Pixels(input.Data.Span) : 0;
            var admission = slow.AdmissionOf(promised, CostOf(version, wanted));
            var isQuick = IsQuick(version, input, wanted);
            if (!isQuick)
                await admission.EnterAsync(caller);
            try
            {
                if (!isQuick)
                    await slow.ThreadsOf(admission);
                clock.Admit();
                caller.RequireInterest(time);
                if (TryDecode(version, input, pixels) is { } error)
                    throw error;
                clock.Decode();
                var start = Stopwatch.GetTimestamp();
                Infer(version, new(InputKind.Pixels, pixels), row);
                explanation = Explanation.Of(
                    version.Model, pixels, row[..version.Facts.Classes], wanted, () => caller.RequireInterest(time));
                clock.Run(0, Stopwatch.GetTimestamp() - start);
            }
            finally
            {
                if (!isQuick)
                {
                    admission.Exit();
                    await RunThreads.LeaveAsync();
                }
            }
            return explanation with
            {
                Novelty = version.Facts.NoveltyThreshold is null ? null : row[^1],
                Phases = clock.Succeed(1),
            };
        }
        catch (Exception exception)
        {
            clock.Fail(exception);
            throw;
        }
    }

    /// <summary>Gets the number of images that an explanation runs.</summary>
    public static int CostOf(ServedVersion version, ExplanationParts wanted) =>
        wanted.Method is { } method ? 1 + Explainer.ImagesOf(version.Facts, method, wanted.Target) : 1;

    /// <summary>Gets whether an explanation takes less time than another thread would cost. The first one opens sessions.</summary>
    private static bool IsQuick(ServedVersion version, in InferenceInput input, ExplanationParts wanted) =>
        input.Kind == InputKind.Pixels && !IsOnDevice(version) && version.Model.HasOpenLayers
        && Math.Max(ImagesOfExplanation, CostOf(version, wanted)) <= version.QuickImages;

    private void RequireExplainable(ServedVersion version, ExplanationParts wanted)
    {
        if (options.Explain == Switch.Off)
            throw new InferenceException(InferenceErrorKind.Unsupported, "explanations are off (Explain)");
        if (version.Facts.FixedBatch > 1)
        {
            var message = $"{version} takes {version.Facts.FixedBatch} images at once, expected a model that takes one";
            throw new InferenceException(InferenceErrorKind.Unsupported, message);
        }
        if (wanted.Target is { } target && (target < 0 || target >= version.Facts.Classes))
            throw InferenceException.InvalidInput($"target is {target}, expected 0..{version.Facts.Classes - 1}", "target");
    }
}
