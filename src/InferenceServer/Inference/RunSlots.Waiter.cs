using System.Threading.Tasks.Sources;

namespace LeNetServe.InferenceServer.Inference;

internal sealed partial class RunSlots
{
    /// <summary>Who waits for a place. All but <see cref="WatchFor"/> and the result is called under the lock.</summary>
    private sealed class Waiter : IValueTaskSource
    {
        private readonly RunSlots slots;
        private readonly Action goOn;
        private ManualResetValueTaskSourceCore<bool> source;
        private RunThreads? threads;
        private CancellationTokenRegistration watch;

        public Waiter(RunSlots slots) => (this.slots, goOn) = (slots, () => source.SetResult(true));

        public Waiter? Previous { get; set; }

        /// <summary>The one behind it in the queue, or under it among those that rest.</summary>
        public Waiter? Next { get; set; }

        public bool IsQueued { get; set; }

        public bool Patient { get; private set; }

        public DateTime Deadline { get; private set; }

        public ValueTask Entered => new(this, source.Version);

        public void Begin(bool patient, DateTime deadline, RunThreads? threads)
        {
            (Patient, Deadline, this.threads, Next) = (patient, deadline, threads, null);
            source.RunContinuationsAsynchronously = threads is null;
        }

        public void WatchFor(CancellationToken gone) =>
            watch = gone.UnsafeRegister(static (self, token) => ((Waiter)self!).GiveUp(token), this);

        public void Enter()
        {
            if (threads is null)
                goOn();
            else
                threads.Add(goOn);
        }

        public void Fail(Exception exception)
        {
            source.RunContinuationsAsynchronously = true;
            source.SetException(exception);
        }

        public ValueTaskSourceStatus GetStatus(short token) => source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            source.OnCompleted(continuation, state, token, flags);

        public void GetResult(short token)
        {
            // Waits for a callback that is on its way, so that none reaches whoever has this object next.
            watch.Dispose();
            watch = default;
            try
            {
                source.GetResult(token);
            }
            finally
            {
                // At rest it keeps neither its caller nor an exception alive.
                source.Reset();
                slots.Rest(this);
            }
        }

        private void GiveUp(CancellationToken gone) => slots.GiveUp(this, gone);
    }
}
