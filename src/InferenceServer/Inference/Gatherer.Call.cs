using System.Threading.Tasks.Sources;
using LeNetServe.InferenceServer.Models;
using LeNetServe.InferenceServer.Recording;

namespace LeNetServe.InferenceServer.Inference;

internal sealed partial class Gatherer
{
    /// <summary>A call that waits for its run. The objects are reused, so that joining allocates nothing.</summary>
    private sealed class Call(Gatherer gatherer) : IValueTaskSource<RequestPhases>
    {
        private ManualResetValueTaskSourceCore<RequestPhases> source;
        private RunClock clock;

        public ServedVersion Version { get; private set; } = null!;

        public InferenceInput Input { get; private set; }

        public Memory<float> Outputs { get; private set; }

        public Caller Caller { get; private set; }

        public int Images { get; private set; }

        public ValueTask<RequestPhases> Begin(
            ServedVersion version, in InferenceInput input, Memory<float> outputs, in Caller caller, in RunClock clock)
        {
            Version = version;
            Input = input;
            Outputs = outputs;
            Caller = caller;
            Images = outputs.Length / version.Facts.RowLength;
            this.clock = clock;
            return new(this, source.Version);
        }

        /// <summary>Returns whether both can run in one batch.</summary>
        public bool FitsTo(Call other) => Version == other.Version && Input.Kind == other.Input.Kind;

        /// <summary>Answers the call, and continues with it on this thread.</summary>
        public void Succeed(long started, long ticks)
        {
            clock.RunFrom(started, ticks);
            source.SetResult(clock.Succeed(Images));
        }

        /// <summary>Rejects the call, and continues with it on this thread.</summary>
        public void Fail(Exception exception)
        {
            clock.Fail(exception);
            source.SetException(exception);
        }

        public RequestPhases GetResult(short token)
        {
            try
            {
                return source.GetResult(token);
            }
            finally
            {
                // An object at rest keeps neither its caller nor an exception alive.
                source.Reset();
                Version = null!;
                Input = default;
                Outputs = default;
                Caller = default;
                clock = default;
                lock (gatherer.gate)
                    gatherer.resting.Push(this);
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            source.OnCompleted(continuation, state, token, flags);
    }
}
