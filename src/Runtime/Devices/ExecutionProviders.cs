using LeNetServe.Runtime.Errors;
using Microsoft.ML.OnnxRuntime;

namespace LeNetServe.Runtime.Devices;

/// <summary>The execution providers of ONNX Runtime that this process can use.</summary>
public static class ExecutionProviders
{
    private const string Cuda = "CUDAExecutionProvider";
    private static readonly Lazy<string?> CudaFault = new(FindCudaFault);
    private static bool saidWhyCpu;

    /// <summary>Gets the providers that the native library was built with, such as <c>CPUExecutionProvider</c>.</summary>
    public static IReadOnlyList<string> Available => RuntimeLog.Environment.GetAvailableProviders();

    /// <summary>Gets the native library's version, such as <c>1.31.1</c>.</summary>
    public static string Version => RuntimeLog.Environment.GetVersionString();

    /// <summary>Resolves <see cref="Device.Auto"/> to <see cref="Device.Cpu"/> or <see cref="Device.Cuda"/>.</summary>
    /// <exception cref="InferenceException">
    /// CUDA was requested and is missing (<see cref="InferenceErrorKind.DeviceUnavailable"/>).
    /// </exception>
    public static Device Resolve(Device device)
    {
        if (device == Device.Cpu)
            return Device.Cpu;
        if (CudaFault.Value is not { } fault)
            return Device.Cuda;
        if (device == Device.Auto && Available.Contains(Cuda) && !Interlocked.Exchange(ref saidWhyCpu, true))
            Console.Error.WriteLine($"{fault}; models run on the CPU");
        return device == Device.Auto
            ? Device.Cpu
            : throw new InferenceException(InferenceErrorKind.DeviceUnavailable, $"device cuda was asked for, but {fault}");
    }

    // The process finds out once.
    private static string? FindCudaFault()
    {
        if (!Available.Contains(Cuda))
            return $"this build's ONNX Runtime {Version} has only {string.Join(", ", Available)}; "
                + "build with -p:Accelerator=cuda, for an NVIDIA driver with CUDA 13 and cuDNN 9";
        try
        {
            using var options = CreateOptions(Device.Cuda);
            return null;
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            return $"CUDA did not start ({RuntimeLog.Reason ?? exception.Message}); an NVIDIA driver, CUDA 13 and cuDNN 9 are needed";
        }
    }

    /// <summary>
    /// Creates options of a session that runs on its caller's thread: no thread pool of its own, no spinning while idle.
    /// </summary>
    internal static SessionOptions CreateOptions(Device device, int intraOpThreads = 1)
    {
        _ = RuntimeLog.Environment;
        var options = new SessionOptions
        {
            IntraOpNumThreads = intraOpThreads,
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        try
        {
            options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
            options.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
            if (device == Device.Cuda)
                AppendCuda(options);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private static void AppendCuda(SessionOptions options)
    {
        options.AppendExecutionProvider_CUDA(0);
        options.AddSessionConfigEntry("session.disable_cpu_ep_fallback", "1");
    }
}
