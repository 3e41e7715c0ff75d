using System.Text.Json;
using LeNetServe.Files;
using LeNetServe.Runs;
using LeNetServe.Specs;
using LeNetServe.Tensors;
using LeNetServe.Trainer.Computing;
using LeNetServe.Trainer.Configuration;
using LeNetServe.Trainer.Networks;
using LeNetServe.Trainer.Optimization;
using LeNetServe.Trainer.Parameters;
using LeNetServe.Trainer.Progress;
using static TorchSharp.torch;

namespace LeNetServe.Trainer.Training;

/// <summary>All values that change during a run. They are saved completely, so a resumed run continues to the bit.</summary>
internal sealed class TrainingState : IDisposable
{
    private const string ProgressFile = "progress.json";
    private readonly RunDirectory run;

    public TrainingState(TrainingConfig config, LeNetSpec spec, Device device, RunDirectory run)
    {
        using var scope = NewDisposeScope();
        this.run = run;
        Weights = new(spec, device);
        Initialization.Fill(Weights, config.Seed);
        Average = config.Ema > 0 ? Weights.Clone() : null;
        Best = config.Validation > 0 ? Weights.Clone() : null;
        Optimizer = Optimizer.Create(config, Weights);
    }

    /// <summary>The weights being trained.</summary>
    public ParameterStore Weights { get; }

    /// <summary>The moving average of the weights; null if the config has none.</summary>
    public ParameterStore? Average { get; }

    /// <summary>The weights of the kept epoch; null without validation images.</summary>
    public ParameterStore? Best { get; }

    public Optimizer Optimizer { get; }

    /// <summary>The position in the run.</summary>
    public TrainingProgress Progress { get; set; } = new();

    /// <summary>Gets the weights to measure now: the average if there is one.</summary>
    public ParameterStore Current => Average ?? Weights;

    /// <summary>Gets the weights to keep: those of the kept epoch, or the current ones if no image validates.</summary>
    public ParameterStore Chosen => Progress.BestEpoch > 0 && Best is not null ? Best : Current;

    /// <summary>
    /// Saves a checkpoint. The tensors go to a new file, then progress.json, which names that file, is replaced: there is one complete
    /// checkpoint at every moment.
    /// </summary>
    public void Save()
    {
        Directory.CreateDirectory(run.Checkpoint);
        Progress = Progress with { State = $"state-{Progress.Epoch}-{Progress.Step}.safetensors" };
        using (NewDisposeScope())
            SafetensorsFile.Write(Path.Combine(run.Checkpoint, Progress.State), [.. Tensors().Select(Stored)]);
        Chosen.Save(run.Weights);
        var progress = JsonSerializer.Serialize(Progress, TrainerJson.Of<TrainingProgress>());
        AtomicFile.WriteText(Path.Combine(run.Checkpoint, ProgressFile), progress);
        foreach (var file in Directory.EnumerateFiles(run.Checkpoint).Where(IsLeftOver))
            File.Delete(file);
    }

    /// <summary>Goes back to the last checkpoint.</summary>
    /// <returns>False if there is none.</returns>
    /// <exception cref="InvalidDataException">The checkpoint is of another network or optimizer, or broken.</exception>
    public bool TryLoad()
    {
        var path = Path.Combine(run.Checkpoint, ProgressFile);
        if (!File.Exists(path))
            return false;
        try
        {
            Progress = JsonSerializer.Deserialize(RegularFile.ReadAllText(path), TrainerJson.Of<TrainingProgress>())!;
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"{path}: {JsonFault.Of(exception)}", exception);
        }
        var file = SafetensorsFile.Read(Path.Combine(run.Checkpoint, Progress.State));
        using var scope = NewDisposeScope();
        foreach (var (name, target) in Tensors())
        {
            var values = file[name].ToSingles();
            if (values.Length != target.numel())
                throw new InvalidDataException(
                    $"{run.Checkpoint}: tensor \"{name}\" has {values.Length} values, expected {target.numel()}");
            target.copy_(tensor(values));
        }
        return true;
    }

    public void Dispose()
    {
        Weights.Dispose();
        Average?.Dispose();
        Best?.Dispose();
        Optimizer.Dispose();
    }

    private bool IsLeftOver(string file)
    {
        var name = Path.GetFileName(file);
        return name.EndsWith(".tmp", StringComparison.Ordinal)
            || (name.StartsWith("state-", StringComparison.Ordinal) && name != Progress.State);
    }

    private IEnumerable<(string Name, Tensor Tensor)> Tensors()
    {
        foreach (var (name, store) in new[] { ("weights", Weights), ("average", Average), ("best", Best) })
            if (store is not null)
            {
                yield return ($"{name}.trained", store.Trained);
                yield return ($"{name}.constant", store.Constant);
            }
        foreach (var (name, tensor) in Optimizer.State)
            yield return ($"optimizer.{name}", tensor);
    }

    private static (string Name, StoredTensor Values) Stored((string Name, Tensor Tensor) pair) =>
        (pair.Name, StoredTensor.From(TensorMemory.Values(pair.Tensor), (int)pair.Tensor.numel()));
}
