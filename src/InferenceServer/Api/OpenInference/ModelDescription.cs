using LeNetServe.InferenceServer.Api.OpenInference.Tensors;
using LeNetServe.Runtime.Models;
using LeNetServe.Tensors;
using TensorMetadata = Inference.ModelMetadataResponse.Types.TensorMetadata;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>Describes a model in the protocol's terms. Tensors have the layout of the model's file.</summary>
internal static class ModelDescription
{
    /// <summary>Triton's name of the platform of ONNX files.</summary>
    public const string Platform = "onnxruntime_onnx";

    /// <summary>Gets the protocol's name of the input's element type.</summary>
    public static string Datatype(ModelFacts facts) => facts.InputType == TensorType.U8 ? "UINT8" : "FP32";

    /// <summary>Gets the dimensions of one image.</summary>
    public static long[] InputDimensions(ModelFacts facts) => facts.Layout == TensorLayout.Nchw
        ? [facts.Input.Channels, facts.Input.Height, facts.Input.Width]
        : [facts.Input.Height, facts.Input.Width, facts.Input.Channels];

    /// <summary>Creates the metadata. The batch dimension is -1.</summary>
    public static global::Inference.ModelMetadataResponse Metadata(string name, IEnumerable<string> versions, ModelFacts facts) => new()
    {
        Name = name,
        Versions = { versions },
        Platform = Platform,
        Inputs = { new TensorMetadata { Name = facts.InputName, Datatype = Datatype(facts), Shape = { -1, InputDimensions(facts) } } },
        Outputs =
        {
            CallOutputs.NamesOf(facts).Select(name => new TensorMetadata
            {
                Name = name,
                Datatype = "FP32",
                Shape = { -1, name == facts.OutputName ? facts.Classes : 1 },
            }),
        },
    };

    /// <summary>Creates the model configuration. The server derives it, because models have no configuration file.</summary>
    /// <param name="name">The served name.</param>
    /// <param name="facts">The model.</param>
    /// <param name="maxBatch">Largest number of images in one request.</param>
    /// <param name="concurrency">Number of requests that run at the same time.</param>
    /// <param name="onGpu">Whether the model runs on CUDA.</param>
    public static global::Inference.ModelConfig Config(string name, ModelFacts facts, int maxBatch, int concurrency, bool onGpu)
    {
        var group = new global::Inference.ModelInstanceGroup
        {
            Name = name,
            Count = concurrency,
            Kind = onGpu ? global::Inference.ModelInstanceGroup.Types.Kind.Gpu : global::Inference.ModelInstanceGroup.Types.Kind.Cpu,
        };
        if (onGpu)
            group.Gpus.Add(0);
        var config = new global::Inference.ModelConfig
        {
            Name = name,
            Platform = Platform,
            Backend = "onnxruntime",
            MaxBatchSize = maxBatch,
            Input =
            {
                new global::Inference.ModelInput
                {
                    Name = facts.InputName,
                    DataType = facts.InputType == TensorType.U8
                        ? global::Inference.DataType.TypeUint8
                        : global::Inference.DataType.TypeFp32,
                    Format = facts.Layout == TensorLayout.Nchw
                        ? global::Inference.ModelInput.Types.Format.Nchw
                        : global::Inference.ModelInput.Types.Format.Nhwc,
                    Dims = { InputDimensions(facts) },
                },
            },
            Output =
            {
                new global::Inference.ModelOutput
                {
                    Name = facts.OutputName,
                    DataType = global::Inference.DataType.TypeFp32,
                    Dims = { facts.Classes },
                    LabelFilename = ModelFiles.LabelsFileName,
                },
            },
            InstanceGroup = { group },
            DefaultModelFilename = ModelFiles.ModelFileName,
            DynamicBatching = new(),
            ModelTransactionPolicy = new() { Decoupled = false },
        };
        if (facts.NoveltyThreshold is not null)
            config.Output.Add(new global::Inference.ModelOutput
            {
                Name = ModelFacts.Novelty,
                DataType = global::Inference.DataType.TypeFp32,
                Dims = { 1 },
            });
        return config;
    }
}
