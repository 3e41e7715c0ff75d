using Grpc.Core;
using Inference;

namespace LeNetServe.InferenceServer.Api.OpenInference.Grpc;

internal sealed partial class OpenInferenceService
{
    public override Task<SystemSharedMemoryStatusResponse> SystemSharedMemoryStatus(SystemSharedMemoryStatusRequest request, ServerCallContext context) =>
        Unsupported<SystemSharedMemoryStatusResponse>("shared memory");

    public override Task<SystemSharedMemoryRegisterResponse> SystemSharedMemoryRegister(SystemSharedMemoryRegisterRequest request, ServerCallContext context) =>
        Unsupported<SystemSharedMemoryRegisterResponse>("shared memory");

    public override Task<SystemSharedMemoryUnregisterResponse> SystemSharedMemoryUnregister(SystemSharedMemoryUnregisterRequest request, ServerCallContext context) =>
        Unsupported<SystemSharedMemoryUnregisterResponse>("shared memory");

    public override Task<CudaSharedMemoryStatusResponse> CudaSharedMemoryStatus(CudaSharedMemoryStatusRequest request, ServerCallContext context) =>
        Unsupported<CudaSharedMemoryStatusResponse>("shared memory");

    public override Task<CudaSharedMemoryRegisterResponse> CudaSharedMemoryRegister(CudaSharedMemoryRegisterRequest request, ServerCallContext context) =>
        Unsupported<CudaSharedMemoryRegisterResponse>("shared memory");

    public override Task<CudaSharedMemoryUnregisterResponse> CudaSharedMemoryUnregister(CudaSharedMemoryUnregisterRequest request, ServerCallContext context) =>
        Unsupported<CudaSharedMemoryUnregisterResponse>("shared memory");

    public override Task<TraceSettingResponse> TraceSetting(TraceSettingRequest request, ServerCallContext context) =>
        Unsupported<TraceSettingResponse>("trace settings; traces go where the setting Telemetry:OtlpEndpoint says");

    public override Task<LogSettingsResponse> LogSettings(LogSettingsRequest request, ServerCallContext context) =>
        Unsupported<LogSettingsResponse>("dynamic logging; levels are in the setting Logging:LogLevel");

    private static Task<T> Unsupported<T>(string what) =>
        throw new RpcException(new(StatusCode.Unimplemented, $"the server does not support {what}"));
}
